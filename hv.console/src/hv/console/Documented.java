package hv.console;

/**
 * Every command of scope hv is also registered as this, so that whoever lists commands and their options asks them.
 * Any thread.
 */
interface Documented {
    /** How the command is used. */
    Help help();
}
