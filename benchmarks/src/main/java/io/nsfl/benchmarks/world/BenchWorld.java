package io.nsfl.benchmarks.world;

import io.nsfl.protocol.ids.Runtime;
import io.nsfl.standalone.Installation;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.platform.PlatformOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A platform in a temporary directory below the user's NSFL_HOME: the same processes that {@code ./nsfl up} starts. */
public final class BenchWorld implements AutoCloseable {
    private final NsflHome home;
    private final Installation installation;
    private final Addresses platform;
    private final Thread atExit = new Thread(this::remove, "removes the measurement");

    private BenchWorld(NsflHome home) throws IOException, InterruptedException {
        this.home = home;
        this.installation = new Installation(home);
        java.lang.Runtime.getRuntime().addShutdownHook(atExit);
        this.platform = installation.start(PlatformOptions.anywhere());
    }

    /** Starts the platform; returns when it answers. */
    public static BenchWorld start(NsflHome user) throws IOException, InterruptedException {
        Files.createDirectories(user.root());
        return new BenchWorld(new NsflHome(Files.createTempDirectory(user.root(), "bench-"), user.sources()));
    }

    public Path directory() {
        return home.root();
    }

    /** Where clients connect, host:port. */
    public String clientDoor() {
        return platform.clientDoor();
    }

    public BenchJob job() {
        return new BenchJob(home, platform);
    }

    /** Jobs that wait for clients, and the calls about them. */
    public ManyJobs manyJobs() throws IOException {
        BenchJob.writeFiles(BenchJob.files(home), 1);
        return new ManyJobs(platform.apiServer());
    }

    /** Of the platform's process. */
    public long pid() {
        return platform.pid();
    }

    /** Starts real task-managers. Their scripts need a Python, and no framework. */
    public void startClients(int count) throws IOException {
        makePython();
        for (int index = 0; index < count; index++) {
            LocalClient client = new LocalClient(home, "client-" + index, index, count, Set.of(Runtime.PYTORCH));
            installation.start(client.prepare(Map.of(), platform.clientDoor()));
        }
    }

    /**
     * An interpreter in which {@code import torch} finds an empty module: a task-manager offers the runtime only where that works, and
     * the script of this measurement does nothing with it.
     */
    private void makePython() throws IOException {
        Path python = home.python(Runtime.PYTORCH.canonicalName());
        Path modules = Files.createDirectories(python.resolveSibling("modules"));
        Files.writeString(modules.resolve("torch.py"), "\"\"\"Stands for a framework that nobody uses.\"\"\"\n");
        Files.writeString(
                python,
                "#!/bin/sh\nPYTHONPATH=\"" + modules
                        + "${PYTHONPATH:+:$PYTHONPATH}\"\nexport PYTHONPATH\nexec python3 \"$@\"\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    public void close() {
        java.lang.Runtime.getRuntime().removeShutdownHook(atExit);
        remove();
    }

    private void remove() {
        try (installation) {
            installation.stop();
        } catch (IOException e) {
            System.err.println("nsfl: not everything of " + home.root() + " could be stopped: " + e.getMessage());
        }
        try (Stream<Path> files = Files.walk(home.root())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("nsfl: " + home.root() + " could not be removed: " + e.getMessage());
        }
    }
}
