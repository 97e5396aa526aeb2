package io.nsfl.systemtests.masking;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.nsfl.coordinator.broadcast.TaskEndpoint;
import io.nsfl.coordinator.broadcast.TaskGate;
import io.nsfl.coordinator.checkpoint.DirectoryRecords;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.masking.MaskingEndpoint;
import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.MaskingRules;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.run.JobRun;
import io.nsfl.coordinator.run.Lanes;
import io.nsfl.coordinator.run.RunPlan;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.coordinator.updates.StageArea;
import io.nsfl.coordinator.updates.UpdateFormat;
import io.nsfl.coordinator.updates.UpdateIntake;
import io.nsfl.coordinator.updates.UploadBudget;
import io.nsfl.protocol.ids.RunKey;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.servicekit.fault.GrpcFaultInterceptor;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.time.Timers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One life of a coordinator on a loopback port; it can be killed at any moment, and another one started over the same journal. */
final class MaskedCoordinator implements AutoCloseable, Timers, Executor {
    private static final RunKey KEY = RunKey.of(new byte[32]);
    private static final InstantSource CLOCK = InstantSource.system();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledTimers timers = new ScheduledTimers("timers");
    private final List<JobEvent> events;
    private final Map<Integer, RoundMetrics> rounds;
    private final JobRun run;
    private final Server server;
    private final CompletableFuture<Ended> end;
    private volatile boolean dead;

    /** @param largestGroup clients that mask together at most */
    MaskedCoordinator(
            Path directory,
            JobConfig job,
            int largestGroup,
            long epoch,
            ClientSelection clients,
            List<JobEvent> events,
            Map<Integer, RoundMetrics> rounds)
            throws IOException {
        this.events = events;
        this.rounds = rounds;
        RunRef ref = RunRef.newBuilder()
                .setNamespace(job.key().namespace())
                .setJob(job.key().id())
                .setRun("run-1")
                .setEpoch(epoch)
                .build();
        Path scratch = Files.createDirectory(directory.resolve("scratch-" + epoch));
        RunPlan plan = inGroups(RunPlan.of(job, ref, KEY, () -> ""), largestGroup);
        run = JobRun.open(
                plan,
                new JobRun.Places(
                        Path.of(job.modelPath().orElseThrow()),
                        Optional.empty(),
                        scratch,
                        new RunOutputs(
                                directory.resolve("output"),
                                directory,
                                job.key().id(),
                                "checkpoints",
                                "pth"),
                        Optional.empty()),
                Journal.open(new DirectoryRecords(directory.resolve("journal")), KEY, epoch),
                clients,
                new Report(),
                new Lanes(lane("decisions"), lane("disk"), lane("calls"), lane("background"), this),
                CLOCK,
                new Random(epoch));
        TaskGate gate = new TaskGate(KEY, ref.getNamespace(), ref.getJob(), ref.getRun());
        UpdateIntake intake = new UpdateIntake(
                gate,
                run.desk(),
                UpdateFormat.PLAIN,
                new StageArea(scratch.resolve("stage")),
                new UploadBudget(1L << 30));
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new TaskEndpoint(gate, run.desk(), intake, this, this).service())
                .addService(new MaskingEndpoint(gate, run.maskingDesk(), this, this))
                .intercept(new GrpcFaultInterceptor(() -> "error"))
                .build()
                .start();
        end = run.play();
    }

    private static RunPlan inGroups(RunPlan plan, int largestGroup) {
        MaskingRules rules = plan.rules().masking().orElseThrow();
        MaskingRules grouped = new MaskingRules(
                rules.threshold(), rules.everybody(), rules.stages(), rules.stageTimeout(), largestGroup);
        return new RunPlan(plan.job(), plan.ref(), plan.key(), plan.rules().masked(grouped), plan.address());
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    Ended awaitEnd() throws Exception {
        return end.get(3, java.util.concurrent.TimeUnit.MINUTES);
    }

    /** Nothing of it is ever run again. */
    void kill() {
        dead = true;
        server.shutdownNow();
        threads.shutdownNow();
        timers.close();
    }

    private Mailbox lane(String name) {
        return new Mailbox(name, this, failure -> {
            if (!dead) {
                failure.printStackTrace();
            }
        });
    }

    @Override
    public void execute(Runnable task) {
        if (!dead) {
            threads.execute(() -> {
                if (!dead) {
                    task.run();
                }
            });
        }
    }

    @Override
    public Timer schedule(Duration delay, Executor executor, Runnable task) {
        return timers.schedule(delay, executor, () -> {
            if (!dead) {
                task.run();
            }
        });
    }

    @Override
    public void close() {
        if (!dead) {
            kill();
        }
    }

    private final class Report implements RunReport {
        @Override
        public void state(RunState state, String reason) {}

        @Override
        public void phase(RoundPhase phase, Course course) {}

        @Override
        public void event(JobEvent event) {
            events.add(event);
        }

        @Override
        public void round(RoundMetrics metrics) {
            rounds.put(metrics.round(), metrics);
        }

        @Override
        public void checkpoints(Map<String, Checkpoint> checkpoints) {}
    }
}
