package io.nsfl.standalone.home;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The one directory that an installation keeps everything under.
 *
 * @param root NSFL_HOME
 * @param sources where the platform was built: the modules with their {@code target/} directories
 */
public record NsflHome(Path root, Path sources) {
    /** What the launch script said. */
    public static NsflHome fromLaunchScript() {
        String root = System.getProperty("nsfl.home");
        String sources = System.getProperty("nsfl.root");
        if (root == null || sources == null) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "Start this by ./nsfl, which says where the platform lies and keeps its data.");
        }
        return new NsflHome(Path.of(root).toAbsolutePath(), Path.of(sources).toAbsolutePath());
    }

    /** The storage's root: a first-level directory is a namespace and a bucket. */
    public Path workspace() {
        return made("data");
    }

    public Path database() {
        return made("database");
    }

    public Path secrets() {
        return made("secrets");
    }

    public Path internalSecret() {
        return secrets().resolve("internal");
    }

    public Path run() {
        return made("run");
    }

    /** What runs and where it listens; written by the platform when it is up. */
    public Path addresses() {
        return run().resolve("platform.json");
    }

    /** Where the platform listened last. */
    public Path ports() {
        return run().resolve("ports.json");
    }

    /** State of the processes that the scheduler launches. */
    public Path coordinators() {
        return made("coordinators");
    }

    public Path client(String name) {
        return made("clients/" + name);
    }

    public Path clients() {
        return made("clients");
    }

    public Path mnist() {
        return root.resolve("mnist");
    }

    public Path demo() {
        return made("demo");
    }

    public Path ctlConfig() {
        return made("ctl").resolve("nsfl.json");
    }

    /** The Python of a runtime's environment, whether it is there or not. */
    public Path python(String runtime) {
        return root.resolve("python").resolve(runtime).resolve("bin/python");
    }

    public Path examples() {
        return sources.resolve("examples");
    }

    private Path made(String name) {
        Path directory = root.resolve(name);
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.STORAGE_UNAVAILABLE,
                    directory + " cannot be made: set NSFL_HOME to a directory you may write",
                    e);
        }
    }
}
