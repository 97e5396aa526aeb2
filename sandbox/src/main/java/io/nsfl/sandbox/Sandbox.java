package io.nsfl.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for bubblewrap and tries it once: the whole machine is there to read, but only the workspaces and the directory for temporary files
 * can be written, and what is hidden is not there. It works where it is installed and the kernel allows namespaces; see also {@link Landlock}.
 */
public final class Sandbox {
    private static final Logger log = LoggerFactory.getLogger(Sandbox.class);
    private static final int BOUND_SECONDS = 20;

    private Sandbox() {}

    /**
     * What a script may do in it.
     *
     * @param writable directories
     * @param readOnly directories within writable ones that are not
     * @param writableAfterAll directories within read-only ones that are
     * @param hidden directories and files whose content is not there at all
     * @param network whether other machines can be reached
     */
    public record Rules(
            List<Path> writable,
            List<Path> readOnly,
            List<Path> writableAfterAll,
            List<Path> hidden,
            boolean network) {}

    /**
     * The command that starts another one in the sandbox; empty when it does not work here. The reason is in the log.
     *
     * @param program name or path of bubblewrap
     */
    public static List<String> find(String program, Rules rules, Map<String, String> environment) {
        Optional<Path> found = onPath(program, environment.getOrDefault("PATH", ""));
        if (found.isEmpty()) {
            log.info("Scripts run without bubblewrap: it is not installed.");
            return List.of();
        }
        List<String> command = command(found.get().toString(), rules);
        String reason = attempt(command, rules.writable(), environment);
        if (!reason.isEmpty()) {
            log.info("Scripts run without bubblewrap: {}", reason);
            return List.of();
        }
        return command;
    }

    /** Its absolute path: a script's own PATH may be another one. */
    private static Optional<Path> onPath(String program, String path) {
        return Stream.concat(Stream.of(""), Arrays.stream(path.split(File.pathSeparator)))
                .filter(directory -> directory.isEmpty() == program.contains(File.separator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> command(String program, Rules rules) {
        List<String> command = new ArrayList<>(List.of(program, "--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev"));
        existing(rules.writable()).forEach(directory -> bind(command, "--bind", directory));
        existing(rules.readOnly()).forEach(directory -> bind(command, "--ro-bind", directory));
        existing(rules.writableAfterAll()).forEach(directory -> bind(command, "--bind", directory));
        existing(rules.hidden()).forEach(directory -> command.addAll(List.of("--tmpfs", directory.toString())));
        rules.hidden().stream()
                .filter(Files::isRegularFile)
                .forEach(file -> command.addAll(List.of("--ro-bind", "/dev/null", file.toString())));
        command.addAll(List.of("--cap-drop", "ALL", "--unshare-ipc"));
        if (!rules.network()) {
            command.add("--unshare-net");
        }
        command.add("--");
        return command;
    }

    private static List<Path> existing(List<Path> directories) {
        return directories.stream().filter(Files::isDirectory).toList();
    }

    private static void bind(List<String> command, String how, Path directory) {
        command.addAll(List.of(how, directory.toString(), directory.toString()));
    }

    /** Why it does not work; empty = it does: a process in it starts and can write where it may. */
    static String attempt(List<String> sandbox, List<Path> writable, Map<String, String> environment) {
        List<String> command = new ArrayList<>(sandbox);
        command.addAll(List.of("sh", "-c", "for d; do test -w \"$d\" || exit 1; done", "sh"));
        existing(writable).forEach(directory -> command.add(directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "it does not answer.";
            }
            String said = new String(process.getInputStream().readNBytes(1_000), StandardCharsets.UTF_8).strip();
            return process.exitValue() == 0
                    ? ""
                    : "it does not work here (" + (said.isEmpty() ? "exit code " + process.exitValue() : said) + ").";
        } catch (IOException absent) {
            return "it cannot be started (" + absent.getMessage() + ").";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the attempt was interrupted.";
        }
    }
}
