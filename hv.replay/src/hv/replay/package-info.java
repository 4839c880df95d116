/**
 * Replays recordings of real KVM: each line of a file is one thing that a guest or its VMM did, and what came of it.
 * {@link hv.replay.Replay} does what the command does; {@link hv.replay.Replayer} replays one file and returns what
 * differs.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.replay;
