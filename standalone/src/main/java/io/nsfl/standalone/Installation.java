package io.nsfl.standalone;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.standalone.client.LocalClient;
import io.nsfl.standalone.home.Addresses;
import io.nsfl.standalone.home.Java;
import io.nsfl.standalone.home.NsflHome;
import io.nsfl.standalone.platform.AbandonedServer;
import io.nsfl.standalone.platform.PlatformOptions;
import io.nsfl.workload.WorkloadLauncher;
import io.nsfl.workload.WorkloadSpec;
import io.nsfl.workload.WorkloadStatus;
import io.nsfl.workload.process.Inheritable;
import io.nsfl.workload.process.ProcessWorkloadLauncher;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes of one NSFL_HOME: the platform and the clients of this machine. They outlive the command that started them; a later
 * command finds them again. One command at a time works on them.
 */
public final class Installation implements AutoCloseable {
    private static final String PLATFORM = "platform";
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 200;

    private final NsflHome home;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "looks after processes");
        thread.setDaemon(true);
        return thread;
    });
    private final FileChannel lockFile;
    private final FileLock lock;
    private final WorkloadLauncher launcher;

    public Installation(NsflHome home) throws IOException {
        this.home = home;
        this.lockFile =
                FileChannel.open(home.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.lock = lockFile.tryLock();
        if (lock == null) {
            lockFile.close();
            throw new FaultException(
                    Fault.UNAVAILABLE,
                    "another ./nsfl command is at work in " + home.root()
                            + ": wait for it, or set NSFL_HOME to another directory");
        }
        this.launcher = launcher(home.run());
    }

    public Optional<Addresses> running() {
        return launcher.find(PLATFORM)
                .filter(WorkloadStatus::alive)
                .flatMap(status -> Addresses.read(home.addresses()));
    }

    /** Starts the platform, or finds the one that runs; returns when it answers. */
    public Addresses start(PlatformOptions options) throws IOException, InterruptedException {
        Optional<Addresses> present = running();
        if (present.isPresent()) {
            return present.get();
        }
        Files.deleteIfExists(home.addresses());
        WorkloadSpec.Builder platform = WorkloadSpec.of(
                        PLATFORM,
                        "1",
                        Java.command(
                                home,
                                "standalone",
                                List.of(
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xshare:auto",
                                        "-Xmx768m",
                                        "-Dnsfl.home=" + home.root(),
                                        "-Dnsfl.root=" + home.sources()),
                                "io.nsfl.standalone.platform.PlatformApplication",
                                String.valueOf(options.apiPort()),
                                String.valueOf(options.dataPort()),
                                String.valueOf(options.doorPort())))
                .workingDirectory(home.root());
        // How users prove who they are, where it was said; nothing else of this environment is the platform's business.
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("NSFL_AUTH_")) {
                platform.environment(name, value);
            }
        });
        launcher.launch(platform.build());
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<Addresses> up = Addresses.read(home.addresses());
            if (up.isPresent()) {
                return up.get();
            }
            WorkloadStatus status = launcher.find(PLATFORM).orElseThrow();
            if (!status.alive()) {
                launcher.stop(PLATFORM, Duration.ZERO);
                throw new FaultException(
                        Fault.WORKLOAD_FAILED,
                        "the platform did not start; the end of its log (" + log(status) + "):\n" + status.logTail());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        throw new FaultException(
                Fault.WORKLOAD_FAILED,
                "the platform did not come up within " + START.toMinutes() + " minutes; its log is in " + home.run());
    }

    /** Starts a client, or finds it running. */
    public void start(LocalClient client) {
        launcher.launch(client.workload());
    }

    /** Names of the workloads that run. */
    public List<WorkloadStatus> processes() {
        return launcher.list(Map.of()).stream().filter(WorkloadStatus::alive).toList();
    }

    /** Ends everything: clients with their executors, the platform, and the coordinators it launched. */
    public void stop() throws IOException {
        List<String> clients = launcher.list(Map.of()).stream()
                .map(WorkloadStatus::name)
                .filter(name -> !name.equals(PLATFORM))
                .toList();
        clients.forEach(name -> launcher.stop(name, GRACE));
        launcher.stop(PLATFORM, GRACE);
        // Of a platform that was killed.
        AbandonedServer.of(home.database()).end();
        List<Path> others = new ArrayList<>(List.of(home.coordinators()));
        try (Stream<Path> directories = Files.list(home.clients())) {
            directories.map(LocalClient::executors).forEach(others::add);
        }
        for (Path directory : others) {
            stopAll(directory);
        }
        Files.deleteIfExists(home.addresses());
    }

    private void stopAll(Path directory) {
        if (!Files.isDirectory(directory.resolve("workloads"))) {
            return;
        }
        try (WorkloadLauncher abandoned = launcher(directory)) {
            abandoned.list(Map.of()).forEach(status -> abandoned.stop(status.name(), GRACE));
        }
    }

    private WorkloadLauncher launcher(Path directory) {
        return new ProcessWorkloadLauncher(directory, Inheritable.of(System.getenv()), InstantSource.system(), timer);
    }

    private static String log(WorkloadStatus status) {
        return status.log().map(Path::toString).orElse("no log");
    }

    @Override
    public void close() throws IOException {
        launcher.close();
        timer.shutdownNow();
        lock.release();
        lockFile.close();
    }
}
