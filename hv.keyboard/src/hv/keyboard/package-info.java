/** A guest's keyboard: see {@link hv.keyboard.Keyboard}. */
package hv.keyboard;
