package io.nsfl.systemtests.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every process of a running job is killed at a random moment: the final model is the undisturbed one, bit for bit. {@code
 * -Dnsfl.crash.seed=N} repeats the moments of another run; {@link Storm} goes on for as long as one likes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CrashE2E {
    private static final int CLIENTS = 2;

    private final long seed = Long.getLong("nsfl.crash.seed", new Random().nextInt(1_000_000));
    private Site site;
    private Trial trial;

    @BeforeAll
    void begin(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        System.out.println("CrashE2E: -Dnsfl.crash.seed=" + seed);
        site = Site.start(directory, sources(), CLIENTS, Separate::new);
        trial = Trial.undisturbed(site, "calm");
    }

    @AfterAll
    void end() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    static Path sources() {
        return Path.of(System.getProperty("nsfl.root", "..")).toAbsolutePath().normalize();
    }

    @ParameterizedTest
    @EnumSource(
            value = Strike.class,
            names = {"COORDINATOR", "SELECTOR", "SCHEDULER", "TASK_MANAGER", "EXECUTOR"})
    void jobEndsWithTheSameModelThoughOneIsKilled(Strike strike) throws Exception {
        String id = "one-" + strike.name().toLowerCase(Locale.ROOT).replace('_', '-');
        System.out.println(trial.struck(id, List.of(strike), new Random(seed + strike.ordinal())));
    }

    @Test
    void jobEndsWithTheSameModelThoughManyAreKilled() throws Exception {
        List<Strike> strikes =
                List.of(Strike.SCRIPT, Strike.COORDINATOR, Strike.CLIENT, Strike.SELECTOR, Strike.SCHEDULER);
        System.out.println(trial.struck("many", strikes, new Random(seed)));
    }

    @Test
    void jobEndsWithTheSameModelThoughItsCoordinatorIsKilledInEveryPhase() throws Exception {
        System.out.println(trial.struckByPhase("phases", 6, new Random(seed)));
    }

    @Test
    void jobEndsWithTheClientsThatRemain() throws Exception {
        CrashJob job = CrashJob.create(site, "remains", CLIENTS, CLIENTS - 1);
        try {
            Await.until("a round is committed", Await.LONG, () -> job.happened("ROUND_COMMITTED") > 0, job::story);
            site.client(1).kill();
            Strike.EXECUTOR.hit(site, job, 1);
            assertThat(job.awaitEnd()).as("%s", job.story()).isEqualTo("FINISHED");
            assertThat(job.finalModel()).isNotEqualTo(trial.model());
        } finally {
            if (!site.client(1).alive()) {
                site.client(1).start();
            }
        }
    }
}
