package io.nsfl.coordinator.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a journal's files lie. Asks little of the place, because it may be an object store mounted as a directory: no rename, no locks,
 * no appending. A write that is interrupted may leave any prefix of the content.
 *
 * <p>Every method throws {@link io.nsfl.protocol.fault.FaultException} STORAGE_UNAVAILABLE when the place does not answer.
 */
public interface RecordFiles {
    /** Names of all files, in no particular order. */
    List<String> list();

    /** The content; at most {@code limit} bytes of it. */
    byte[] read(String name, int limit);

    /** Writes a file and forces it to the disk; replaces one of that name. */
    void write(String name, byte[] content);

    /** Copies a file in and forces it to the disk; replaces one of that name. */
    void store(String name, Path source);

    /** Copies a file out; replaces one that is there. */
    void fetch(String name, Path target);

    /** Harmless when absent. */
    void delete(String name);
}
