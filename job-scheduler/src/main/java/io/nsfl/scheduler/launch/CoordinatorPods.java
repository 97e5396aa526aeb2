package io.nsfl.scheduler.launch;

import io.nsfl.workload.Mount;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How coordinators run as pods.
 *
 * @param workspace the shared root as this service sees it
 * @param source the shared root: on the nodes, or in a claim
 * @param filesRoot where coordinators see the files of their job; empty = at the same paths as this service
 * @param port of their Services
 * @param prepareDirectories whether writable directories are given to the coordinators' user before they start
 * @param tlsSecret the Secret with their certificate, key and authority; empty = no TLS
 */
public record CoordinatorPods(
        Path workspace,
        Mount.Source source,
        Optional<Path> filesRoot,
        int port,
        boolean prepareDirectories,
        Optional<String> tlsSecret) {
    /** Where {@code tlsSecret} is mounted. */
    static final Path TLS_DIRECTORY = Path.of("/nsfl/tls");

    /** Without the directory below the shared root that a file lies in: its namespace, or that of the models. */
    Path seen(Path file) {
        if (filesRoot.isEmpty()) {
            return file;
        }
        Path within = workspace.relativize(file);
        return filesRoot
                .get()
                .resolve(within.getNameCount() < 2 ? Path.of("") : within.subpath(1, within.getNameCount()))
                .normalize();
    }

    /** A file of this service as a pod's mount. */
    Mount mount(String name, Path file, Path target, boolean readOnly) {
        Path within = workspace.relativize(file);
        Mount.Source from = switch (source) {
            case Mount.Source.Node node -> new Mount.Source.Node(node.path().resolve(within));
            case Mount.Source.Claim claim ->
                new Mount.Source.Claim(claim.claim(), claim.subPath().resolve(within));
            case Mount.Source.Stored stored ->
                throw new IllegalArgumentException("The shared root cannot be the Secret " + stored.secret());
        };
        return new Mount(name, from, target, readOnly);
    }
}
