package io.nsfl.servicekit.lifecycle;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A part of a service that is started and stopped with it, in its {@link Stage}'s turn. Servers (gRPC, REST) start after every part and stop
 * before any, so that a part never sees a request before it runs or after it stopped.
 */
public final class ServicePart implements SmartLifecycle {
    /** Parts start in this order and stop in the reverse one. */
    public enum Stage {
        /** Databases, journals, LMDB. */
        STORES,
        /** Channels and clients of other services. */
        CONNECTIONS,
        /** What does the work: queues, mailboxes, loops. */
        WORK
    }

    /** Something to do at start or stop. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    private static final Logger log = LoggerFactory.getLogger(ServicePart.class);

    private final String name;
    private final Stage stage;
    private final Step start;
    private final Step stop;
    private volatile boolean running;

    public ServicePart(String name, Stage stage, Step start, Step stop) {
        this.name = name;
        this.stage = stage;
        this.start = start;
        this.stop = stop;
    }

    /** A failure to start ends the start of the whole service. */
    @Override
    public void start() {
        try {
            start.run();
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IllegalStateException("Part " + name + " did not start", failed);
        }
        running = true;
    }

    /** A failure to stop is logged; the other parts are stopped all the same. */
    @Override
    public void stop() {
        running = false;
        try {
            stop.run();
        } catch (Exception failed) {
            log.warn("Part {} did not stop in order", name, failed);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return stage.ordinal();
    }
}
