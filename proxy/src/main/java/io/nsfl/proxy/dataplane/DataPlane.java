package io.nsfl.proxy.dataplane;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.proxy.insight.Counters;
import io.nsfl.servicekit.grpc.Backoff;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps nginx running, with the files as they are: it is started after this service listens and ended before, started again when it ends by
 * itself, and told of new files once it has found them good. All of that happens in one mailbox.
 */
public final class DataPlane implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(DataPlane.class);

    private final NginxSettings settings;
    private final Duration lookInterval;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Backoff backoff;
    private final Counters counters;
    private final Verification verification;
    private final WatchedFiles files;
    private volatile boolean running;
    private volatile NginxProcess nginx;
    private String seen = "";
    private String refused = "";

    /** @param mailbox of its own, on threads that may block @param backoff between two starts */
    public DataPlane(
            NginxSettings settings,
            Duration lookInterval,
            Mailbox mailbox,
            Timers timers,
            Backoff backoff,
            Counters counters) {
        this.settings = settings;
        this.lookInterval = lookInterval;
        this.mailbox = mailbox;
        this.timers = timers;
        this.backoff = backoff;
        this.counters = counters;
        this.verification = new Verification(settings);
        this.files = new WatchedFiles(settings);
    }

    /** @throws FaultException CONFIGURATION_INVALID, with nginx's own words, if it does not run with its files as they are */
    @Override
    public void start() {
        running = true;
        try {
            mailbox.submit(() -> {
                        begin();
                        return null;
                    })
                    .join();
        } catch (CompletionException failed) {
            running = false;
            if (failed.getCause() instanceof FaultException fault) {
                throw fault;
            }
            throw failed;
        }
    }

    private void begin() throws IOException, InterruptedException {
        seen = files.fingerprint();
        Optional<String> problem = verification.problem();
        if (problem.isPresent()) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nginx refuses its configuration %s: %s".formatted(settings.configuration(), problem.get()));
        }
        NginxProcess first = NginxProcess.start(settings);
        if (!first.awaitWorkers()) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "nginx does not run with %s: %s".formatted(settings.configuration(), first.lastWords()));
        }
        log.info("nginx runs with {}", settings.configuration());
        keep(first);
        timers.schedule(lookInterval, mailbox, this::look);
    }

    private void keep(NginxProcess started) {
        nginx = started;
        started.end().thenRunAsync(() -> ended(started), mailbox);
    }

    private void ended(NginxProcess one) {
        if (!running || nginx != one) {
            return;
        }
        Duration pause = backoff.next();
        log.warn("nginx has ended; it is started again in {} ms", pause.toMillis());
        timers.schedule(pause, mailbox, this::startAgain);
    }

    private void startAgain() {
        if (!running) {
            return;
        }
        try {
            counters.restarted();
            seen = files.fingerprint();
            NginxProcess started = NginxProcess.start(settings);
            keep(started);
            if (started.awaitWorkers()) {
                log.info("nginx runs again");
                backoff.reset();
            }
        } catch (IOException failed) {
            Duration pause = backoff.next();
            log.error(
                    "nginx cannot be started ({}); it is tried again in {} ms", failed.getMessage(), pause.toMillis());
            timers.schedule(pause, mailbox, this::startAgain);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        if (!running) {
            return;
        }
        try {
            String now = files.fingerprint();
            if (!now.equals(seen) && !now.equals(refused)) {
                take(now);
            }
        } catch (IOException | FaultException failed) {
            log.warn("nginx could not be told of its new files: {}", failed.getMessage());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        timers.schedule(lookInterval, mailbox, this::look);
    }

    private void take(String now) throws IOException, InterruptedException {
        Optional<String> problem = verification.problem();
        if (problem.isPresent()) {
            refused = now;
            counters.configurationRefused();
            log.error("nginx refuses its new files and goes on with the old ones: {}", problem.get());
            return;
        }
        seen = now;
        refused = "";
        NginxProcess present = nginx;
        if (present != null && present.alive()) {
            present.reload();
            counters.reloaded();
            log.info("nginx has new files and reads them");
        }
    }

    /** Whether nginx runs. */
    public boolean serves() {
        NginxProcess present = nginx;
        return running && present != null && present.alive();
    }

    @Override
    public void stop() {
        running = false;
        NginxProcess present = nginx;
        if (present != null) {
            try {
                present.stop();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
