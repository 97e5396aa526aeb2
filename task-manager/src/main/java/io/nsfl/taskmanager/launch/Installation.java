package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the installed platform keeps what executors and scripts need. Two layouts are known: the build's ({@code executor/target/…}) and the
 * image's ({@code executor/executor.jar}, {@code executor/lib/}).
 */
public final class Installation {
    private final Path root;

    private Installation(Path root) {
        this.root = root;
    }

    /**
     * The configured installation, or the one that this program's own code lies in.
     *
     * @throws FaultException CONFIGURATION_INVALID if there is no executor in it
     */
    public static Installation find(Optional<Path> configured, Path ownCode) {
        if (configured.isPresent()) {
            return require(configured.get());
        }
        for (Path candidate = ownCode.toAbsolutePath(); candidate != null; candidate = candidate.getParent()) {
            if (executorJar(candidate).isPresent()) {
                return new Installation(candidate);
            }
        }
        throw absent(ownCode);
    }

    private static Installation require(Path root) {
        if (executorJar(root).isEmpty()) {
            throw absent(root);
        }
        return new Installation(root);
    }

    private static FaultException absent(Path where) {
        return new FaultException(
                Fault.CONFIGURATION_INVALID,
                "No executor is installed at " + where
                        + ": build the project, or name the installation's directory with"
                        + " the setup key installation.");
    }

    private static Optional<Path> executorJar(Path root) {
        return first(root.resolve("executor/target/executor.jar"), root.resolve("executor/executor.jar"));
    }

    private static Optional<Path> first(Path... candidates) {
        return Stream.of(candidates).filter(Files::exists).findFirst();
    }

    /** Class path of an executor, as Java takes it. */
    public String executorClassPath() {
        Path jar = executorJar(root).orElseThrow(() -> absent(root));
        Path libraries =
                first(jar.resolveSibling("app/lib"), jar.resolveSibling("lib")).orElseThrow(() -> absent(root));
        return jar + File.pathSeparator + libraries + "/*";
    }

    /** The directory that Python scripts find the SDK in. */
    public Optional<Path> pythonSdk() {
        return first(root.resolve("sdk/python")).filter(sdk -> Files.isDirectory(sdk.resolve("neursafe_fl")));
    }

    /** The jars that Java scripts are compiled and run with; none where the Java SDK is not installed. */
    public List<Path> javaSdkJars() throws IOException {
        Optional<Path> sdk = first(root.resolve("sdk/java/target/sdk-java.jar"), root.resolve("sdk/java/sdk-java.jar"));
        Optional<Path> libraries = sdk.flatMap(jar -> first(jar.resolveSibling("app/lib"), jar.resolveSibling("lib")));
        if (libraries.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> jars = Files.list(libraries.get())) {
            return Stream.concat(
                            sdk.stream(), jars.filter(path -> path.toString().endsWith(".jar")))
                    .sorted()
                    .toList();
        }
    }
}
