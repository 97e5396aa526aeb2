package io.nsfl.workload.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The machine's processes as {@code /proc} shows them. A process is named by its id and its start time together, because ids are
 * used again.
 */
final class ProcessTable {
    private final Path proc;

    ProcessTable(Path proc) {
        this.proc = proc;
    }

    /**
     * One process.
     *
     * @param state its letter in {@code /proc/<pid>/stat}; Z and X are dead ones whose parent has not asked yet
     * @param startTicks clock ticks between the machine's start and its own
     */
    record Entry(long pid, char state, long parent, long session, long startTicks) {
        boolean alive() {
            return state != 'Z' && state != 'X';
        }
    }

    /** The living process of this id, if there is one. */
    Optional<Entry> find(long pid) {
        return read(proc.resolve(Long.toString(pid))).filter(Entry::alive);
    }

    /**
     * Every living process that belongs to the session, or descends from a process of it, or from one of {@code known}. Workloads that a
     * member launched are not members: they are their own launcher's and outlive it.
     */
    List<Entry> tree(long session, Set<Long> known) {
        List<Entry> all = all();
        List<Entry> launched = all.stream()
                .filter(entry -> entry.pid() == entry.session() && entry.pid() != session && supervises(entry.pid()))
                .toList();
        all.removeAll(launched);
        List<Entry> tree = new ArrayList<>();
        Set<Long> members = new HashSet<>(known);
        // One that was seen before it became a supervisor is known, and no member all the same.
        launched.forEach(entry -> members.remove(entry.pid()));
        for (Entry entry : all) {
            if (entry.session() == session) {
                members.add(entry.pid());
            }
        }
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Entry entry : all) {
                grown |= members.contains(entry.parent()) && members.add(entry.pid());
            }
        }
        for (Entry entry : all) {
            if (members.contains(entry.pid())) {
                tree.add(entry);
            }
        }
        return tree;
    }

    private boolean supervises(long pid) {
        try {
            String commandLine =
                    Files.readString(proc.resolve(Long.toString(pid)).resolve("cmdline"));
            return commandLine.contains("\0" + Supervisor.MARK + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    private List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path directory : directories) {
                read(directory).filter(Entry::alive).ifPresent(entries::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("Cannot read the process table " + proc + ": " + e.getMessage(), e);
        }
        return entries;
    }

    private static Optional<Entry> read(Path directory) {
        try {
            return parse(Files.readString(directory.resolve("stat")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The name in brackets may hold anything, brackets and spaces too: fields are counted from its last bracket. */
    static Optional<Entry> parse(String stat) {
        int end = stat.lastIndexOf(')');
        int start = stat.indexOf(' ');
        if (end < 0 || start < 0) {
            return Optional.empty();
        }
        String[] fields = stat.substring(end + 1).strip().split(" ");
        if (fields.length < 20) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                Long.parseLong(stat.substring(0, start)),
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[19])));
    }
}
