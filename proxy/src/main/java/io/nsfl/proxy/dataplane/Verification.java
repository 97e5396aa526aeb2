package io.nsfl.proxy.dataplane;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Lets nginx itself say whether it would run with its files as they are. */
final class Verification {
    private static final int MOST_OUTPUT = 16 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NginxSettings settings;
    private final Duration patience;

    Verification(NginxSettings settings) {
        this(settings, PATIENCE);
    }

    /** @param patience how long nginx may take: it looks names up, and waits for a name service that does not answer */
    Verification(NginxSettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    /** What nginx finds wrong, in its own words; empty = nothing. @throws FaultException CONFIGURATION_INVALID if nginx cannot be asked */
    Optional<String> problem() throws InterruptedException {
        try {
            Files.createDirectories(settings.directory());
            Process process = new ProcessBuilder(settings.command("-t", "-q"))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            // Beside the wait: a program that says nothing does not end its output either.
            CompletableFuture<String> output = new CompletableFuture<>();
            Thread.ofVirtual().name("nginx-verification").start(() -> output.complete(said(process)));
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return Optional.of("nginx -t did not end within " + patience.toSeconds() + " s");
            }
            return process.exitValue() == 0 ? Optional.empty() : Optional.of(oneLine(output.join()));
        } catch (IOException absent) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nginx cannot be run (%s): install nginx 1.22 or newer, or name it in NSFL_NGINX; it writes below %s."
                            .formatted(absent.getMessage(), settings.directory()),
                    absent);
        }
    }

    private static String said(Process process) {
        try (InputStream said = process.getInputStream()) {
            return new String(said.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
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
