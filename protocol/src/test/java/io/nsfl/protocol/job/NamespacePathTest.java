package io.nsfl.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacePathTest {
    @TempDir
    Path workspace;

    private Path namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = Files.createDirectory(workspace.resolve("default"));
    }

    @Test
    void meansTheSamePlaceWithAndWithoutASlash() {
        assertThat(NamespacePath.resolve(namespace, "/output/")).isEqualTo(namespace.resolve("output"));
        assertThat(NamespacePath.resolve(namespace, "output")).isEqualTo(namespace.resolve("output"));
        assertThat(NamespacePath.resolve(namespace, "/")).isEqualTo(namespace);
        assertThat(NamespacePath.relative("//a/./b/")).isEqualTo("a/b");
    }

    @Test
    void refusesToLeaveByDots() {
        assertThatThrownBy(() -> NamespacePath.resolve(namespace, "../other")).isInstanceOf(FaultException.class);
    }

    @Test
    void refusesToLeaveByASymbolicLink() throws IOException {
        Files.createDirectory(workspace.resolve("other"));
        Files.createSymbolicLink(namespace.resolve("link"), workspace.resolve("other"));

        assertThatThrownBy(() -> NamespacePath.resolve(namespace, "link/new/file"))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("symbolic link");
    }

    @Property
    void neverLeavesTheNamespace(@ForAll String path) {
        if (NamespacePath.refused(path).isEmpty()) {
            Path root = Path.of("/workspace/default");
            assertThat(NamespacePath.resolve(root, path)).startsWithRaw(root);
        }
    }
}
