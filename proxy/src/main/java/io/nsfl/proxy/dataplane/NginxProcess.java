package io.nsfl.proxy.dataplane;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of nginx: a master, its workers, and the guard that ends them with this service. What it writes goes to the log {@code nginx}.
 */
final class NginxProcess {
    private static final Logger LOG = LoggerFactory.getLogger("nginx");
    private static final Logger OWN = LoggerFactory.getLogger(NginxProcess.class);
    private static final String STARTED = "guard: started ";
    private static final String ENDED = "guard: ended ";
    private static final int REMEMBERED = 5;
    private static final int STOP_SECONDS = 8;

    private final Process guard;
    private final CompletableFuture<Long> master = new CompletableFuture<>();
    private final Deque<String> last = new ArrayDeque<>();
    private final Thread reader;

    private NginxProcess(Process guard) {
        this.guard = guard;
        this.reader = Thread.ofVirtual().name("nginx-log").start(this::read);
    }

    static NginxProcess start(NginxSettings settings) throws IOException {
        List<String> command = new ArrayList<>(List.of("setsid", "sh", "-c", script(), "nginx-guard"));
        command.addAll(settings.command("-g", "daemon off;"));
        return new NginxProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private static String script() {
        try (InputStream script = NginxProcess.class.getResourceAsStream("guard.sh")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Whether workers serve; false = it has ended without. */
    boolean awaitWorkers() throws InterruptedException {
        while (!ended(50)) {
            Long pid = master.getNow(null);
            if (pid != null
                    && ProcessHandle.of(pid).stream()
                            .flatMap(ProcessHandle::children)
                            .findAny()
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private boolean ended(long millis) throws InterruptedException {
        return guard.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Completes when all of it has ended. */
    CompletableFuture<Void> end() {
        return guard.onExit().thenAccept(ended -> closeInput());
    }

    boolean alive() {
        return guard.isAlive();
    }

    /** Its last lines, after the end. */
    String lastWords() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
        synchronized (last) {
            return String.join("; ", last);
        }
    }

    /** It reads its files again; streams that are open stay with the workers that have them. */
    void reload() throws IOException, InterruptedException {
        Long pid = master.getNow(null);
        if (pid != null) {
            new ProcessBuilder("sh", "-c", "kill -HUP \"$1\"", "sh", Long.toString(pid))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        }
    }

    /** Ends it. Returns when it has ended. */
    void stop() throws InterruptedException {
        closeInput();
        if (!guard.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            guard.destroyForcibly().waitFor();
        }
    }

    /** The guard, or what is left of it, takes it as the end. */
    private void closeInput() {
        try {
            guard.getOutputStream().close();
        } catch (IOException closed) {
            OWN.debug("nginx's guard has gone already", closed);
        }
    }

    private void read() {
        try (BufferedReader lines = guard.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line);
            }
        } catch (IOException ended) {
            OWN.debug("nginx's output has ended", ended);
        }
    }

    private void take(String line) {
        if (line.startsWith(STARTED)) {
            master.complete(Long.parseLong(line.substring(STARTED.length()).strip()));
        } else if (line.startsWith(ENDED)) {
            OWN.debug("nginx ended with {}", line.substring(ENDED.length()));
        } else {
            forward(line);
            synchronized (last) {
                last.addLast(line);
                if (last.size() > REMEMBERED) {
                    last.removeFirst();
                }
            }
        }
    }

    private static void forward(String line) {
        if (line.contains("[emerg]")
                || line.contains("[alert]")
                || line.contains("[crit]")
                || line.contains("[error]")) {
            LOG.error(line);
        } else if (line.contains("[warn]")) {
            LOG.warn(line);
        } else if (line.contains("[debug]")) {
            LOG.debug(line);
        } else {
            LOG.info(line);
        }
    }
}
