package io.nsfl.taskmanager.launch;

import io.nsfl.workload.Mount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How executors run as pods.
 *
 * @param image with the executor at {@link #PROGRAM}
 * @param port that executors listen on; scripts that train together use the next one
 * @param httpProxy of scripts; empty = none; likewise {@code httpsProxy}
 * @param mounts what they see of this client's files, at the same paths
 */
public record ExecutorPods(String image, int port, String httpProxy, String httpsProxy, List<Mount> mounts) {
    static final String PROGRAM = "/opt/nsfl/bin/executor";
    /** Where pods' own secrets lie: nothing for scripts. */
    static final String SECRETS = "/nsfl/secrets";
    /** What the executor itself may use beside what was asked for scripts. */
    static final long OWN_MEMORY_MB = 768;

    int scriptPort() {
        return port + 1;
    }

    /**
     * Mounts of directories and files of this client.
     *
     * @param writable directories that executors write
     * @param readable what they only read; what lies in another one is there with it
     * @param claims by the path that each is mounted at here; other paths are the node's
     */
    public static List<Mount> mounts(List<Path> writable, List<Path> readable, Map<Path, String> claims) {
        List<Mount> mounts = new ArrayList<>();
        writable.stream().distinct().forEach(path -> add(mounts, path, false, claims));
        readable.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Path::getNameCount))
                .filter(path -> mounts.stream().noneMatch(mount -> path.startsWith(mount.target())))
                .forEach(path -> add(mounts, path, true, claims));
        return List.copyOf(mounts);
    }

    private static void add(List<Mount> mounts, Path path, boolean readOnly, Map<Path, String> claims) {
        Mount.Source source = claims.entrySet().stream()
                .filter(claim -> path.startsWith(claim.getKey()))
                .max(Comparator.comparingInt(claim -> claim.getKey().getNameCount()))
                .<Mount.Source>map(claim ->
                        new Mount.Source.Claim(claim.getValue(), claim.getKey().relativize(path)))
                .orElseGet(() -> new Mount.Source.Node(path));
        mounts.add(new Mount("files-" + mounts.size(), source, path, readOnly));
    }
}
