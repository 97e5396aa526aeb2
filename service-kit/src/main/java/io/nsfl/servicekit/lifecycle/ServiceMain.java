package io.nsfl.servicekit.lifecycle;

import java.io.PrintStream;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What every {@code main} does around the start of its context: a failed start ends the process with one sentence on standard
 * error (one per problem of a configuration) and an exit code, not with a stack trace.
 */
public final class ServiceMain {
    /** The start itself: reads flags and secrets, builds the SpringApplication, runs it. */
    @FunctionalInterface
    public interface Start {
        ConfigurableApplicationContext run() throws Exception;
    }

    private static final ThreadLocal<Boolean> REPORTS = ThreadLocal.withInitial(() -> false);

    private ServiceMain() {}

    /**
     * Starts a service, or ends the process.
     *
     * @param service its name, for example {@code job-scheduler}
     */
    public static ConfigurableApplicationContext run(String service, Start start) {
        return run(service, start, System.err, System::exit);
    }

    static ConfigurableApplicationContext run(String service, Start start, PrintStream err, IntConsumer exit) {
        REPORTS.set(true);
        try {
            return start.run();
        } catch (Exception | LinkageError failed) {
            StartFailure failure = StartFailure.of(failed);
            if (!failure.foreseen()) {
                log().error("{} did not start", service, failed);
            }
            for (String sentence : failure.sentences()) {
                err.println(service + ": cannot start: " + sentence);
            }
            err.flush();
            exit.accept(failure.exitCode());
            return null;
        } finally {
            REPORTS.remove();
        }
    }

    /** Whether a start on this thread is reported here. */
    static boolean reports() {
        return REPORTS.get();
    }

    /** Not a constant: the logging system is set up by the start. */
    private static Logger log() {
        return LoggerFactory.getLogger(ServiceMain.class);
    }
}
