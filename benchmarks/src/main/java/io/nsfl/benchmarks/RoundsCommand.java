package io.nsfl.benchmarks;

import io.nsfl.benchmarks.load.LoadClients;
import io.nsfl.benchmarks.load.LoadUpdate;
import io.nsfl.benchmarks.measure.CoordinatorWatch;
import io.nsfl.benchmarks.measure.RoundTable;
import io.nsfl.benchmarks.measure.RoundsResult;
import io.nsfl.benchmarks.measure.Timeline;
import io.nsfl.benchmarks.world.BenchJob;
import io.nsfl.benchmarks.world.BenchWorld;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.standalone.home.NsflHome;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rounds without training: what the platform itself takes. */
@Command(
        name = "rounds",
        mixinStandardHelpOptions = true,
        description = {
            "Time rounds without training, on a platform of its own.",
            "One round more than wanted is played; the first warms everything up and does not count."
        })
final class RoundsCommand implements Callable<Integer> {
    /** Of an update: small beside the model, as updates are. */
    private static final double UPDATE_SCALE = 1e-3;

    private static final long START_SECONDS = 180;

    /** Until a Java process that nobody asks for anything has come to rest. */
    private static final long REST_MILLIS = 4_000;

    private static final long LOOK_MILLIS = 100;

    @Option(names = "--clients", defaultValue = "2", paramLabel = "N", description = "Clients (${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--params",
            defaultValue = "10000",
            paramLabel = "P",
            description = "Float32 parameters of the model (${DEFAULT-VALUE}).")
    private long parameters;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            paramLabel = "R",
            description = "Rounds that count (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--processes",
            description = "Real task-managers and executors with a script that returns at once, instead of a load "
                    + "generator that speaks their protocol.")
    private boolean processes;

    private final InstantSource clock = InstantSource.system();
    private BenchJob job;

    /** When the coordinator was known to do nothing. */
    private Instant rest = Instant.MAX;

    @Override
    public Integer call() throws Exception {
        require(clients >= 1, "--clients is at least 1");
        require(parameters >= 1, "--params is at least 1");
        require(rounds >= 1, "--rounds is at least 1");
        System.out.println("starting the platform ...");
        try (BenchWorld world = BenchWorld.start(NsflHome.fromLaunchScript());
                CoordinatorWatch watch = CoordinatorWatch.start(world.directory(), clock)) {
            job = world.job();
            boolean committed = processes ? withProcesses(world) : withLoad(world, watch);
            RoundTable table = new RoundTable(job.rounds());
            table.print(System.out);
            tell(table, watch.timeline());
            boolean complete = committed && table.complete(rounds, clients);
            if (!complete) {
                System.err.println("nsfl: not every round was committed with all clients");
            }
            return complete ? 0 : 1;
        }
    }

    private boolean withProcesses(BenchWorld world) throws IOException, InterruptedException {
        world.startClients(clients);
        System.out.printf("%d task-managers start; %d + 1 rounds ...%n", clients, rounds);
        job.create(clients, parameters, rounds + 1);
        return finished();
    }

    private boolean withLoad(BenchWorld world, CoordinatorWatch watch) throws Exception {
        try (LoadUpdate update =
                        LoadUpdate.create(world.directory().resolve("update.safetensors"), parameters, UPDATE_SCALE);
                LoadClients load = new LoadClients(world.clientDoor(), update)) {
            load.connect(clients, new SecureRandom());
            System.out.printf("%d clients are connected; %d + 1 rounds ...%n", clients, rounds);
            job.create(clients, parameters, rounds + 1);
            letTheCoordinatorRest(load, watch);
            boolean finished = finished();
            load.failures().stream().limit(10).forEach(failure -> System.err.println("nsfl: " + failure));
            return finished && load.failures().isEmpty();
        }
    }

    /** A coordinator starts when its clients are there; then they hold back until it has come to rest. */
    private void letTheCoordinatorRest(LoadClients load, CoordinatorWatch watch) throws Exception {
        if (!watch.awaitStart(START_SECONDS)) {
            throw new FaultException(Fault.WORKLOAD_FAILED, "No coordinator was started: the job is " + job.state());
        }
        load.takeTasks(false);
        long deadline = clock.millis() + TimeUnit.SECONDS.toMillis(START_SECONDS);
        while (!job.state().equals("RUNNING") && clock.millis() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
        rest = clock.instant();
        load.takeTasks(true);
    }

    private boolean finished() throws IOException, InterruptedException {
        String end = job.awaitEnd();
        if (!end.equals("FINISHED")) {
            System.err.println("nsfl: the job ended " + end);
        }
        return end.equals("FINISHED");
    }

    private void tell(RoundTable table, Timeline timeline) throws IOException, InterruptedException {
        List<JobEvent> events = job.events();
        Instant began = time(events, "ROUND_OPENED", 1);
        Instant warm = time(events, "ROUND_COMMITTED", 1);
        Instant end = time(events, "ROUND_COMMITTED", rounds + 1);
        double idle = timeline.anonymousAt(rest.isBefore(began) ? rest : began);
        double peak = timeline.peakAnonymous(began);
        double modelMib = parameters * (double) Float.BYTES / (1 << 20);
        System.out.printf(
                Locale.ROOT,
                "coordinator: anonymous memory %.1f MiB idle, %.1f MiB peak, growth %.1f MiB (model %.1f MiB, bound %.1f"
                        + " MiB), peak resident with mapped files %.1f MiB%n",
                idle,
                peak,
                peak - idle,
                modelMib,
                3 * modelMib + 64,
                timeline.peakResident());
        System.out.printf(
                Locale.ROOT,
                "from commit to commit %.3f s on average%n",
                java.time.Duration.between(warm, end).toMillis() / 1000.0 / rounds);
        System.out.println(new RoundsResult(
                        table.medianSeconds(), timeline.cpuSeconds(warm, end) / rounds, peak, clients, parameters)
                .line());
    }

    /** When something happened in a round first; the end of all time if it did not. */
    private static Instant time(List<JobEvent> events, String type, int round) {
        return events.stream()
                .filter(event -> event.type().equals(type) && event.round() != null && event.round() == round)
                .map(JobEvent::time)
                .findFirst()
                .orElseThrow(() -> new FaultException(
                        Fault.INTERNAL_ERROR, "the job ended without " + type + " of round " + round));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new FaultException(Fault.REQUEST_INVALID, sentence);
        }
    }
}
