package io.nsfl.coordinator.checkpoint;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Journal files in memory, which survive the process that wrote them; a fuse lets a write be the process's last. */
public final class MemoryRecords implements RecordFiles {
    /** The process died in the middle of a write. */
    public static final class Crash extends Error {
        Crash() {
            super("the process died while writing");
        }
    }

    private final TreeMap<String, byte[]> files = new TreeMap<>();
    private int writesLeft = Integer.MAX_VALUE;
    private double keptOfTheLast;
    private Runnable slowness = () -> {};

    /** The write after so many is cut at this share of its content, and throws {@link Crash}. */
    public void crashAfter(int writes, double kept) {
        writesLeft = writes;
        keptOfTheLast = kept;
    }

    /** What happens while a model is stored, and again while one is fetched: time passes. */
    public void whileModelsMove(Runnable what) {
        slowness = what;
    }

    public void neverCrash() {
        writesLeft = Integer.MAX_VALUE;
    }

    public TreeMap<String, byte[]> files() {
        return files;
    }

    @Override
    public List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public byte[] read(String name, int limit) {
        byte[] content = files.get(name);
        if (content == null) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, "No file " + name + ".");
        }
        return Arrays.copyOf(content, Math.min(limit, content.length));
    }

    @Override
    public void write(String name, byte[] content) {
        if (writesLeft-- == 0) {
            files.put(name, Arrays.copyOf(content, (int) (content.length * keptOfTheLast)));
            throw new Crash();
        }
        files.put(name, content.clone());
    }

    @Override
    public void store(String name, Path source) {
        slowness.run();
        try {
            write(name, Files.readAllBytes(source));
        } catch (IOException failed) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, "Cannot read " + source + ".", failed);
        }
    }

    @Override
    public void fetch(String name, Path target) {
        slowness.run();
        try {
            Files.write(target, read(name, Integer.MAX_VALUE));
        } catch (IOException failed) {
            throw new FaultException(Fault.STORAGE_UNAVAILABLE, "Cannot write " + target + ".", failed);
        }
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }
}
