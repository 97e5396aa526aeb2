package io.nsfl.systemtests.crash;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Standalone's one process dies with everything in it, and comes back where clients and coordinators look for it. */
final class PlatformCrashE2E {
    @Test
    void jobEndsWithTheSameModelThoughThePlatformIsKilled(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        long seed = Long.getLong("nsfl.crash.seed", new Random().nextInt(1_000_000));
        System.out.println("PlatformCrashE2E: -Dnsfl.crash.seed=" + seed);
        try (Site site = Site.start(directory, CrashE2E.sources(), 2, OneProcess::new)) {
            Trial trial = Trial.undisturbed(site, "calm");
            System.out.println(trial.struck("struck", List.of(Strike.SCHEDULER, Strike.DATABASE), new Random(seed)));
        }
    }
}
