package io.nsfl.ctl;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * What the command did, for whoever looks into a failure: {@code /var/log/nsfl.log} for those who may write it, else a file of the
 * user's own, or the one that NSFL_LOG names. Arguments' values are not written: one of them may be a password.
 */
final class CtlLog {
    private final Path file;
    private final InstantSource clock;
    private boolean debug;

    CtlLog(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    static CtlLog open(Map<String, String> environment, Path home) {
        String named = environment.getOrDefault("NSFL_LOG", "");
        List<Path> places = named.isBlank()
                ? List.of(Path.of("/var/log/nsfl.log"), home.resolve(".cache/nsfl/nsfl.log"))
                : List.of(Path.of(named));
        for (Path file : places) {
            try {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, "", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                return new CtlLog(file, InstantSource.system());
            } catch (IOException | SecurityException e) {
                // The next place.
            }
        }
        return new CtlLog(Path.of("/dev/null"), InstantSource.system());
    }

    Path file() {
        return file;
    }

    void debug(boolean on) {
        this.debug = on;
    }

    void command(ParseResult parsed) {
        StringBuilder words = new StringBuilder("called:");
        for (ParseResult at = parsed; at != null; at = at.hasSubcommand() ? at.subcommand() : null) {
            words.append(' ').append(at.commandSpec().name());
        }
        write("INFO", words.toString());
        if (debug) {
            write("DEBUG", "on Java " + Runtime.version() + ", " + System.getProperty("os.name"));
        }
    }

    void failure(Exception exception) {
        StringWriter trace = new StringWriter();
        exception.printStackTrace(new PrintWriter(trace));
        write("ERROR", trace.toString().strip());
    }

    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> !frame.getClassName().equals(CtlLog.class.getName()))
                        .findFirst())
                .map(frame -> frame.getFileName() + "[line:" + frame.getLineNumber() + "]")
                .orElse("?");
    }

    private void write(String level, String text) {
        Instant now = clock.instant();
        try {
            Files.writeString(
                    file,
                    "[" + now + "] " + caller() + " " + level + ": " + text + System.lineSeparator(),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            // A log that cannot be written must not hide the failure it was to tell.
        }
    }
}
