package io.nsfl.coordinator.run;

import io.nsfl.coordinator.algorithm.Algorithm;
import io.nsfl.coordinator.algorithm.AlgorithmChoice;
import io.nsfl.coordinator.checkpoint.Journal;
import io.nsfl.coordinator.checkpoint.JournalRecord;
import io.nsfl.coordinator.checkpoint.RunHistory;
import io.nsfl.coordinator.checkpoint.RunOutputs;
import io.nsfl.coordinator.extender.Extender;
import io.nsfl.coordinator.extender.ExtenderProcesses;
import io.nsfl.coordinator.masking.MaskingDesk;
import io.nsfl.coordinator.report.RunReport;
import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RoundDesk;
import io.nsfl.coordinator.round.RoundEvent;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.round.Step;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.coordinator.selection.ClientSelection;
import io.nsfl.federation.tensor.TensorSpec;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.servicekit.time.Timers.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * One run of one job in one process: started or resumed, played until it is over, finished. Nothing of it is lost when the process is
 * killed: a new one with the same journal goes on where this one was.
 */
public final class JobRun implements AutoCloseable {
    private static final Duration RENEWAL = Duration.ofSeconds(30);

    private final RunPlan plan;
    private final Lanes lanes;
    private final ClientSelection selection;
    private final RunReport report;
    private final RunRecords records;
    private final GlobalModel model;
    private final ModelFile template;
    private final InstantSource clock;
    private final ModelDeltas deltas;
    private final Desk desk;
    private final RoundDriver driver;
    private final RunBook book;
    private final AtomicBoolean stopAsked = new AtomicBoolean();
    private Optional<Timer> renewal = Optional.empty();

    /**
     * Where a run finds and keeps its things.
     *
     * @param template the job's model file
     * @param scripts directory of the scripts that the server sends
     * @param scratch local disk; emptied by its owner
     * @param extenders the processes of the job's extender, if it has one
     */
    public record Places(
            Path template,
            Optional<Path> scripts,
            Path scratch,
            RunOutputs outputs,
            Optional<ExtenderProcesses> extenders) {}

    private JobRun(
            RunPlan plan,
            Places places,
            RunRecords records,
            GlobalModel model,
            ModelFile template,
            Optional<Extender> extender,
            ClientSelection selection,
            RunReport report,
            Lanes lanes,
            InstantSource clock) {
        this.plan = plan;
        this.lanes = lanes;
        this.selection = selection;
        this.report = report;
        this.records = records;
        this.model = model;
        this.template = template;
        this.clock = clock;
        RunArtifacts artifacts = RunArtifacts.of(places.template(), places.scripts(), places.scratch());
        deltas = new ModelDeltas(
                plan,
                places.scratch(),
                lanes.background(),
                (work, message) -> driver().announce(Optional.of(work), "MODEL_DELTA", message));
        book = new RunBook(
                plan,
                records,
                places.outputs(),
                model,
                template,
                artifacts,
                deltas,
                new ExtenderBook(extender, records, places.scratch()),
                places.scratch(),
                clock);
        RunHistory history = records.history();
        long seed = history.started().orElseThrow().seed();
        TaskSheet sheet = new TaskSheet(plan, model.specs(), RunArtifacts.suffix(places.template()), deltas);
        // An asynchronous run opens nothing again: it asks anew.
        Optional<WorkId> awaited = plan.buffer().isPresent()
                ? Optional.empty()
                : history.opened().map(open -> new WorkId(open.round(), open.attempt(), open.kind()));
        desk = new Desk(
                plan.ref(),
                sheet,
                deltas,
                clock,
                awaited,
                offer -> post(new RoundEvent.Offered(offer)),
                history::included);
        SelectionOrders orders = new SelectionOrders(plan, plan.conditions(artifacts.scriptsSha256()), seed);
        driver = new RoundDriver(plan, lanes, clock, book, desk, selection, orders, report);
    }

    /**
     * Starts the run, or resumes it from its journal. Reads the model once; writes the first record.
     *
     * @param random draws the run's seed when the job names none
     * @throws FaultException the model cannot be read, the journal is damaged or another epoch's, or belongs to another job
     */
    public static JobRun open(
            RunPlan plan,
            Places places,
            Journal journal,
            ClientSelection selection,
            RunReport report,
            Lanes lanes,
            InstantSource clock,
            RandomGenerator random) {
        RunHistory history = RunHistory.of(journal.records());
        RunRecords records = new RunRecords(journal, history, PrivacyBook.of(plan.job()));
        Optional<Extender> extender = history.finished().isPresent()
                ? Optional.empty()
                : places.extenders()
                        .flatMap(processes -> Extender.open(
                                plan.job(), processes, places.scratch().resolve("extender")));
        ModelFile template = ModelFiles.open(places.template());
        Algorithm algorithm = AlgorithmChoice.of(plan.job());
        GlobalModel model = history.started().isPresent()
                ? resumed(plan, places, records, template, algorithm, clock)
                : started(plan, places, records, template, algorithm, clock, random);
        return new JobRun(plan, places, records, model, template, extender, selection, report, lanes, clock);
    }

    private static GlobalModel started(
            RunPlan plan,
            Places places,
            RunRecords records,
            ModelFile template,
            Algorithm algorithm,
            InstantSource clock,
            RandomGenerator random) {
        List<TensorSpec> specs =
                JobTensors.of(template.tensors().specs(), plan.job().method().localLayers());
        records.write(new JournalRecord.RunStarted(
                plan.ref().getRun(),
                plan.ref().getEpoch(),
                places.outputs().newRunDirectory(),
                plan.job().hyperParameters().seed().orElseGet(random::nextLong),
                specs,
                plan.digest(),
                clock.instant()));
        return GlobalModel.initial(
                JobTensors.treated(template.tensors(), specs), places.scratch(), algorithm, plan.modelsKept());
    }

    private static GlobalModel resumed(
            RunPlan plan,
            Places places,
            RunRecords records,
            ModelFile template,
            Algorithm algorithm,
            InstantSource clock) {
        JournalRecord.RunStarted started = records.history().started().orElseThrow();
        if (!started.planDigest().equals(plan.digest())) {
            throw new FaultException(
                    Fault.CONFIGURATION_INVALID,
                    "Run " + started.run() + " was started by another version of this job's configuration; start the"
                            + " job anew or restore the configuration.");
        }
        records.write(new JournalRecord.Launched(plan.ref().getEpoch(), clock.instant()));
        List<TensorSpec> specs = started.tensors();
        if (records.history().lastCommit().isEmpty()) {
            return GlobalModel.initial(
                    JobTensors.treated(template.tensors(), specs), places.scratch(), algorithm, plan.modelsKept());
        }
        JournalRecord.RoundCommitted commit = records.history().lastCommit().get();
        Path file = places.scratch().resolve("base-resumed.safetensors");
        records.journal().fetchModel(commit, file);
        Path stateFile = places.scratch().resolve("state-resumed.safetensors");
        Optional<Path> state =
                records.journal().fetchState(commit, stateFile) ? Optional.of(stateFile) : Optional.empty();
        return GlobalModel.committed(
                file, commit.state(), state, specs, places.scratch(), algorithm, plan.modelsKept());
    }

    /** Where clients ask and deliver. */
    public RoundDesk desk() {
        return desk;
    }

    /** Where clients that mask their results come to. */
    public MaskingDesk maskingDesk() {
        return driver.maskingClients();
    }

    private RoundDriver driver() {
        return driver;
    }

    /** Plays the rounds; completes when this process has nothing more to do for the run. */
    public CompletableFuture<Ended> play() {
        RunHistory history = records.history();
        if (history.finished().isPresent()) {
            return CompletableFuture.completedFuture(
                    endedBefore(history.finished().get()));
        }
        report.state(RunState.RUNNING, "");
        report.checkpoints(book.checkpoints());
        book.evaluatedRounds().forEach(report::round);
        if (plan.ref().getEpoch() > 1) {
            driver.announce(
                    Optional.empty(),
                    "RUN_RESUMED",
                    "The run goes on under epoch " + plan.ref().getEpoch() + ".");
        }
        selection.watch(plan.ref(), driver::post, reason -> post(new RoundEvent.Superseded(reason)));
        renewLeases();
        Step first = plan.buffer()
                .map(buffer -> history.resume(plan.rules(), buffer, clock.instant()))
                .orElseGet(() -> history.resume(plan.rules(), clock.instant()));
        return driver.begin(first).thenApply(this::over);
    }

    /** Asks the run to end in order; harmless when repeated. */
    public void stop(String reason) {
        if (stopAsked.compareAndSet(false, true)) {
            report.state(RunState.STOPPING, reason);
            book.stopExtender("the job is being stopped");
            post(new RoundEvent.StopAsked(reason));
        }
    }

    /** Another coordinator owns the job. */
    public void supersede(String reason) {
        post(new RoundEvent.Superseded(reason));
    }

    /** The process goes: nobody waits for its answers any more. */
    public void leave() {
        desk.end();
    }

    /** After the end: gives memory and files back. */
    @Override
    public void close() {
        renewal.ifPresent(Timer::cancel);
        desk.end();
        deltas.close();
        model.close();
        template.close();
    }

    private void post(RoundEvent event) {
        driver.post(event);
    }

    private Ended over(Ended ended) {
        renewal.ifPresent(Timer::cancel);
        ended.state().ifPresent(state -> report.state(state, ended.reason()));
        return ended;
    }

    private Ended endedBefore(JournalRecord.RunFinished finished) {
        RunState state = RunState.valueOf(finished.state());
        report.checkpoints(book.checkpoints());
        book.evaluatedRounds().forEach(report::round);
        report.state(state, finished.reason());
        Course course = records.history().course(plan.rules());
        return new Ended(course, Ended.How.COMPLETE, Optional.of(state), finished.reason());
    }

    /** Leases live as long as this process renews them. */
    private void renewLeases() {
        renewal = Optional.of(lanes.timers().schedule(RENEWAL, lanes.calls(), () -> {
            try {
                selection.renew(plan.ref());
            } catch (FaultException failed) {
                if (failed.fault() == Fault.STALE_RUN) {
                    supersede(failed.getMessage());
                }
                // Anything else passes: the next renewal comes long before the leases end.
            }
            renewLeases();
        }));
    }
}
