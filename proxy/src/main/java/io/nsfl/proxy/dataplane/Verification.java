package io.nsfl.proxy.dataplane;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Lets nginx itself say whether it would run with its files as they are. */
final class Verification {
    private static final int MOST_OUTPUT = 16 << 10;
    private static final int PATIENCE_SECONDS = 30;

    private final NginxSettings settings;

    Verification(NginxSettings settings) {
        this.settings = settings;
    }

    /** What nginx finds wrong, in its own words; empty = nothing. @throws FaultException CONFIGURATION_INVALID if nginx cannot be asked */
    Optional<String> problem() throws InterruptedException {
        try {
            Files.createDirectories(settings.directory());
            Process process = new ProcessBuilder(settings.command("-t", "-q"))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output;
            try (InputStream said = process.getInputStream()) {
                output = new String(said.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("nginx -t did not end within " + PATIENCE_SECONDS + " s");
            }
            return process.exitValue() == 0 ? Optional.empty() : Optional.of(oneLine(output));
        } catch (IOException absent) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nginx cannot be run (%s): install nginx 1.22 or newer, or name it in NSFL_NGINX; it writes below %s."
                            .formatted(absent.getMessage(), settings.directory()),
                    absent);
        }
    }

    private static String oneLine(String output) {
        String told = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("; "));
        return told.isEmpty() ? "nginx -t failed without a word" : told;
    }
}
