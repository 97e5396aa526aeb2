package io.nsfl.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sandbox of the kernel's own, which needs neither a privilege nor a program, and so works in containers. Each process in it gets directories
 * of its own to write to; the machine is there to read but for what is hidden, whose names can be listed. Processes outside can neither be
 * traced nor, from Linux 6.12 on, be sent signals. Without network a process can make no socket but to others of this machine.
 *
 * @param hidden files and directories that cannot be read
 * @param readable what can be read nevertheless, within what is hidden
 * @param writable directories that all processes may write to; not those that hold something hidden
 * @param network whether other machines can be reached
 */
public record Landlock(List<Path> hidden, List<Path> readable, List<Path> writable, boolean network) {
    private static final Logger log = LoggerFactory.getLogger(Landlock.class);
    private static final int LONGEST_WORDS = 4_000;

    public Landlock {
        hidden = List.copyOf(hidden);
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }

    /** Itself where it works here, which is tried; else nothing, and the reason is in the log. */
    public Optional<Landlock> ifItWorks(Map<String, String> environment) {
        try {
            Path own = Files.createTempDirectory("nsfl-landlock");
            try {
                String reason = Sandbox.attempt(command(List.of(own)), List.of(own), environment);
                if (reason.isEmpty()) {
                    return Optional.of(this);
                }
                log.info("Scripts run without Landlock: {}", reason);
            } finally {
                Directories.delete(own);
            }
        } catch (IOException noRoom) {
            log.info("Scripts run without Landlock: it cannot be tried ({})", noRoom.getMessage());
        }
        return Optional.empty();
    }

    /** The command that starts another one in it, under the same process id. @param own directories that it may write to */
    List<String> command(List<Path> own) {
        return LandlockProgram.command(hidden, readable, and(own), network);
    }

    /** As {@link #command}, for a process that is waited for with {@link #awaitEntry}. */
    List<String> tellingCommand(List<Path> own) {
        List<String> command = new ArrayList<>(command(own));
        command.add(command.size() - 1, "--tell");
        return command;
    }

    /**
     * Waits until a process has its rights, which it takes from the directories as they lie at its start. Its output begins after that.
     *
     * @throws IOException what it said instead
     */
    public static void awaitEntry(Process process) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        for (int read = process.getInputStream().read();
                read != LandlockProgram.IN;
                read = process.getInputStream().read()) {
            if (read < 0) {
                throw new IOException(said.toString(StandardCharsets.UTF_8).strip());
            }
            if (said.size() < LONGEST_WORDS) {
                said.write(read);
            }
        }
    }

    /**
     * What a process has to do that goes into it by itself.
     *
     * @param filter instructions of a seccomp filter in hexadecimal; empty = none
     */
    public record Steps(List<Grant> grants, String filter) {}

    /** @param own directories that it may write to */
    public Steps steps(List<Path> own) {
        return new Steps(
                Grants.of(hidden, readable, and(own)),
                network
                        ? ""
                        : SocketFilter.program().map(HexFormat.of()::formatHex).orElseThrow());
    }

    private List<Path> and(List<Path> own) {
        return Stream.concat(writable.stream(), own.stream()).toList();
    }
}
