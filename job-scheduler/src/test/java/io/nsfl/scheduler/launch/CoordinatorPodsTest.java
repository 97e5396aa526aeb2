package io.nsfl.scheduler.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.workload.Mount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoordinatorPodsTest {
    private static final Path WORKSPACE = Path.of("/workspace");

    private static CoordinatorPods pods(Mount.Source source, Optional<Path> root) {
        return new CoordinatorPods(WORKSPACE, source, root, 50051, true, Optional.empty());
    }

    @Test
    void showsTheFilesOfANamespaceBelowTheRootOfCoordinators() {
        CoordinatorPods pods = pods(new Mount.Source.Node(Path.of("/mnt/nsfl")), Optional.of(Path.of("/fl")));

        assertThat(pods.seen(Path.of("/workspace/default/fl/model.h5"))).isEqualTo(Path.of("/fl/fl/model.h5"));
        assertThat(pods.seen(Path.of("/workspace/default"))).isEqualTo(Path.of("/fl"));
        assertThat(pods.mount("model", Path.of("/workspace/default/m.h5"), Path.of("/fl/m.h5"), true))
                .isEqualTo(new Mount(
                        "model", new Mount.Source.Node(Path.of("/mnt/nsfl/default/m.h5")), Path.of("/fl/m.h5"), true));
    }

    @Test
    void takesSubPathsOfAClaimAndLeavesPathsAsTheyAreWhereNothingIsMapped() {
        CoordinatorPods pods = pods(new Mount.Source.Claim("shared", Path.of("")), Optional.empty());
        Path output = Path.of("/workspace/default/out");

        assertThat(pods.seen(output)).isEqualTo(output);
        assertThat(pods.mount("output", output, output, false).source())
                .isEqualTo(new Mount.Source.Claim("shared", Path.of("default/out")));
    }

    @Test
    void mountsWhatLiesInsideAnotherOnlyOnce() {
        SeenFile output = file("output", "/fl/out", true);
        SeenFile checkpoint = file("model-path", "/fl/out/checkpoint.h5", false);
        SeenFile scripts = file("scripts", "/fl/scripts", false);
        SeenFile written = file("log", "/fl/scripts/log", true);

        assertThat(SeenFile.outermost(List.of(checkpoint, written, output, scripts)))
                .containsExactlyInAnyOrder(output, scripts, written);
    }

    private static SeenFile file(String name, String seen, boolean writable) {
        return new SeenFile(name, Path.of(seen), Path.of(seen), writable);
    }
}
