package io.nsfl.systemtests.crash;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nsfl.standalone.home.NsflHome;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Whole jobs of clients that reach everything through the proxy, with nginx and the proxy killed on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProxyE2E {
    private final long seed = Long.getLong("nsfl.crash.seed", new Random().nextInt(1_000_000));
    private Site site;
    private Trial trial;

    @BeforeAll
    void begin(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
        System.out.println("ProxyE2E: -Dnsfl.crash.seed=" + seed);
        Path sources = CrashE2E.sources();
        assumeTrue(
                Proxied.nginxProgram(new NsflHome(directory, sources)).isPresent(),
                "There is no nginx on this machine: install it, or name it in NSFL_NGINX.");
        site = Site.start(directory, sources, 2, Proxied::new);
        trial = Trial.undisturbed(site, "calm");
    }

    @AfterAll
    void end() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @Test
    void jobEndsWithTheSameModelThoughNginxIsKilled() throws Exception {
        System.out.println(trial.struck("nginx", List.of(Strike.NGINX, Strike.NGINX), new Random(seed)));
    }

    @Test
    void jobEndsWithTheSameModelThoughTheProxyIsKilled() throws Exception {
        System.out.println(trial.struck("proxy", List.of(Strike.PROXY), new Random(seed)));
    }

    @Test
    void jobEndsWithTheSameModelThoughAllAreKilled() throws Exception {
        List<Strike> strikes =
                List.of(Strike.COORDINATOR, Strike.PROXY, Strike.SCHEDULER, Strike.NGINX, Strike.SELECTOR);
        System.out.println(trial.struck("all", strikes, new Random(seed)));
    }
}
