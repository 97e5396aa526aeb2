package io.nsfl.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.ids.Headers;
import io.nsfl.scheduler.fakes.FakeProxy;
import io.nsfl.scheduler.route.ProxyRoutes;
import io.nsfl.storage.document.memory.MemoryDocumentStore;
import io.nsfl.workload.WorkloadSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose clients come through a proxy. */
class RoutesTest {
    private static final String SECRET = "ab".repeat(32);
    private static final Duration STEP = Duration.ofMillis(500);

    @TempDir
    Path workspace;

    private FakeProxy proxy;
    private SchedulerFixture scheduler;

    @BeforeEach
    void start() throws Exception {
        proxy = new FakeProxy(SECRET);
        scheduler = new SchedulerFixture(
                workspace, new MemoryDocumentStore(), List.of("--nsfl.routes.proxy-address=" + proxy.address()));
    }

    @AfterEach
    void stop() {
        scheduler.close();
        proxy.close();
    }

    private WorkloadSpec launched(String id) {
        assertThat(scheduler.create(id).status()).isEqualTo(201);
        return scheduler.awaitLaunch(1);
    }

    private void beat(WorkloadSpec launched, String address) {
        scheduler.beat(launched, "RUNNING", 10, beat -> beat.put("address", address));
    }

    private void awaitRoutes(Map<String, String> expected) {
        SchedulerFixture.until(() -> proxy.routes.equals(expected), () -> "The proxy has " + proxy.routes);
    }

    @Test
    void tellsTheProxyWhereACoordinatorIsAndWhereItHasMoved() {
        WorkloadSpec launched = launched("routed");
        assertThat(launched.environment()).containsEntry("NSFL_VIA_PROXY", "true");
        beat(launched, "127.0.0.1:1111");
        awaitRoutes(Map.of("default-routed", "127.0.0.1:1111"));
        beat(launched, "127.0.0.1:2222");
        awaitRoutes(Map.of("default-routed", "127.0.0.1:2222"));
    }

    @Test
    void removesTheRouteWhenTheCoordinatorHasEnded() {
        WorkloadSpec launched = launched("ended");
        beat(launched, "127.0.0.1:1111");
        awaitRoutes(Map.of("default-ended", "127.0.0.1:1111"));
        scheduler.beat(launched, "FINISHED", 100);
        scheduler.awaitState("ended", "FINISHED");
        assertThat(proxy.routes).as("while it may still answer its clients").isNotEmpty();
        SchedulerFixture.until(
                () -> {
                    scheduler.time.advance(STEP);
                    return proxy.routes.isEmpty();
                },
                () -> "The proxy has " + proxy.routes);
    }

    @Test
    void letsJobsRunWhileTheProxyIsAwayAndTellsItWhenItIsBack() throws Exception {
        proxy.stop();
        WorkloadSpec launched = launched("patient");
        beat(launched, "127.0.0.1:1111");
        scheduler.awaitState("patient", "RUNNING");
        proxy.start();
        SchedulerFixture.until(
                () -> {
                    scheduler.time.advance(STEP);
                    beat(launched, "127.0.0.1:1111");
                    return proxy.routes.containsKey("default-patient");
                },
                () -> "The proxy has " + proxy.routes);
    }

    @Test
    void tellsAProxyAgainThatHasForgotten() {
        WorkloadSpec launched = launched("told");
        beat(launched, "127.0.0.1:1111");
        awaitRoutes(Map.of("default-told", "127.0.0.1:1111"));
        proxy.routes.clear();
        SchedulerFixture.until(
                () -> {
                    scheduler.time.advance(ProxyRoutes.RENEWAL.dividedBy(3));
                    beat(launched, "127.0.0.1:1111");
                    return proxy.routes.containsKey("default-told");
                },
                () -> "The proxy has " + proxy.routes);
    }

    @Test
    void listsRoutesForAProxyThatStartsAlsoAfterItsOwnRestart() {
        beat(launched("listed"), "127.0.0.1:1111");
        scheduler.awaitState("listed", "RUNNING");
        scheduler.shutDown();
        scheduler.start();

        assertThat(scheduler.send("GET", "/internal/routes", null).status()).isEqualTo(401);
        SchedulerFixture.Answer answer =
                scheduler.send("GET", "/internal/routes", null, Map.of(Headers.INTERNAL, SECRET));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"routes\":[{\"module_id\":\"default-listed\",\"module_service\":\"127.0.0.1:1111\"}]}");
    }
}
