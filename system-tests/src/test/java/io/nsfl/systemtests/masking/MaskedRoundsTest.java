package io.nsfl.systemtests.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.nsfl.coordinator.round.Ended;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.federation.privacy.PrivacyAccount;
import io.nsfl.federation.privacy.SampledGaussian;
import io.nsfl.federation.secagg.GroupDraw;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.job.JobConfig;
import io.nsfl.protocol.job.JobConfigReader;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.MaskingStage;
import io.nsfl.systemtests.masking.MaskedClients.Client;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What masked rounds come to is what plain averaging over the same clients comes to, whoever dies and whenever. */
@Timeout(240)
class MaskedRoundsTest {
    private static final Path MODEL = Path.of("../examples/mnist/pytorch/model/init_model.pth")
            .toAbsolutePath()
            .normalize();

    @TempDir
    Path directory;

    private final List<JobEvent> events = new CopyOnWriteArrayList<>();
    private final Map<Integer, RoundMetrics> rounds = new TreeMap<>();
    private MaskedClients clients;
    private MaskedCoordinator coordinator;

    @AfterEach
    void end() {
        coordinator.close();
        clients.close();
    }

    @Test
    void sumsWhatAllClientsHaveTrained() throws Exception {
        clients = new MaskedClients(directory, 6);
        start(job("doublemask", 1, 6, 4), 1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertModel(1, mean(clients.all()));
        assertThat(rounds.get(1).train().get("sample_num")).isEqualTo(100.0 + 200 + 300 + 400 + 500 + 600);
        assertThat(rounds.get(1).train().get("loss"))
                .isCloseTo((100 * 1 + 200 * 2 + 300 * 3 + 400 * 4 + 500 * 5 + 600 * 6) / 2100.0, offset(1e-4));
        assertThat(rounds.get(1).evaluate()).containsKey("loss");
        assertThat(events).extracting(JobEvent::message).anyMatch(text -> text.contains("semi-honest"));
    }

    @Test
    void sumsWithOneMaskToo() throws Exception {
        clients = new MaskedClients(directory, 4);
        start(job("onemask", 1, 4, 4), 1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertModel(1, mean(clients.all()));
    }

    @Test
    void takesTheMasksOffOfClientsThatDieInAnyStage() throws Exception {
        clients = new MaskedClients(directory, 9);
        List<Client> all = clients.all();
        all.get(0).diesAt(MaskingStage.MASKING_STAGE_SHARES);
        all.get(1).diesAt(MaskingStage.MASKING_STAGE_INPUT);
        all.get(2).diesAt(MaskingStage.MASKING_STAGE_CONSISTENCY);
        all.get(3).diesAt(MaskingStage.MASKING_STAGE_UNMASK);
        start(job("doublemask", 1, 9, 5), 1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(rounds.get(1).included()).isEqualTo(7);
        assertModel(1, mean(all.subList(2, 9)));
    }

    @Test
    void masksAnewWhatIsTrainedWhenTheCoordinatorDiesInTheMiddle() throws Exception {
        clients = new MaskedClients(directory, 4);
        JobConfig job = job("doublemask", 1, 4, 3);
        CompletableFuture<Void> reached = new CompletableFuture<>();
        clients.beforeStage(stage -> {
            if (stage == MaskingStage.MASKING_STAGE_INPUT && !reached.isDone()) {
                reached.complete(null);
                return false;
            }
            return true;
        });
        start(job, 1);
        reached.get(2, TimeUnit.MINUTES);
        coordinator.kill();

        start(job, 2);
        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertModel(1, mean(clients.all()));
        assertThat(clients.all())
                .extracting(Client::trainings)
                .as("nobody trains twice")
                .containsOnly(2);
        assertThat(events).extracting(JobEvent::message).anyMatch(text -> text.startsWith("Session 2 masks"));
    }

    @Test
    void masksNothingTwiceOfWhatWasGivenAwayWhenTheCoordinatorDies() throws Exception {
        clients = new MaskedClients(directory, 3);
        JobConfig job = job("doublemask", 2, 3, 2);
        CompletableFuture<Void> reached = new CompletableFuture<>();
        clients.beforeStage(stage -> {
            boolean first = stage == MaskingStage.MASKING_STAGE_UNMASK && !reached.isDone();
            if (first) {
                reached.complete(null);
            }
            return !first;
        });
        start(job, 1);
        reached.get(2, TimeUnit.MINUTES);
        coordinator.kill();

        start(job, 2);
        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(rounds.get(2).state()).isEqualTo(RoundMetrics.COMMITTED);
        assertThat(events).extracting(JobEvent::message).anyMatch(text -> text.contains("no mask is used twice"));
    }

    @Test
    void theCoordinatorAddsItsNoiseToTheSum() throws Exception {
        clients = new MaskedClients(directory, 4);
        start(job("doublemask", 1, 4, 3, "central"), 1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        // Four equal clients that move by 1 to 4 thousandths; noise of multiplier 2 for a clip norm of 3 over 4
        // clients.
        assertNoised(0.0025, 2 * 3 / 4.0);
        PrivacySpent spent = rounds.get(1).privacy();
        assertThat(spent.releases()).isEqualTo(1);
        assertThat(spent.epsilon()).isEqualTo(epsilon());
        assertThat(rounds.get(1).train()).isEmpty();
    }

    @Test
    void theClipNormFollowsTheMaskedCountOfClientsWithinIt() throws Exception {
        clients = new MaskedClients(directory, 4);
        double root = Math.sqrt(weights());
        // Of four clients that move by 1 to 4 thousandths only the last is clipped.
        double clipNorm = 0.0035 * root;
        start(
                job("doublemask", 1, 4, 3, "central", privacy -> {
                    privacy.put("noise_multiplier", 0.02).put("clip_norm", clipNorm);
                    privacy.putObject("adaptive_clip").put("count_noise", 0.02);
                }),
                1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        double multiplier = 1 / Math.sqrt(1 / (0.02 * 0.02) - 1 / (0.04 * 0.04));
        assertNoised(0.001 * (1 + 2 + 3 + 3.5) / 4, multiplier * clipNorm / 4);
        PrivacySpent spent = rounds.get(1).privacy();
        assertThat(spent.clipNorm()).isEqualTo(clipNorm);
        // Three of four; five deviations of the count's noise.
        assertThat(Math.log(spent.nextClipNorm() / clipNorm))
                .isCloseTo(-0.2 * (0.75 - 0.5), offset(5 * 0.2 * 0.02 / 4));
        assertThat(rounds.get(1).train()).as("the exact count is no metric").isEmpty();
    }

    @Test
    void clientsShareTheNoiseOutSoThatTheFewestWouldBeEnough() throws Exception {
        clients = new MaskedClients(directory, 6);
        clients.all().get(5).diesAt(MaskingStage.MASKING_STAGE_INPUT);
        start(job("doublemask", 1, 6, 4, "distributed"), 1);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(rounds.get(1).included()).isEqualTo(5);
        // Five shares where four would do, over the six that were expected.
        assertNoised(0.001 * (1 + 2 + 3 + 4 + 5) / 6, 2 * 3 / 6.0 * Math.sqrt(5 / 4.0));
        PrivacySpent spent = rounds.get(1).privacy();
        assertThat(spent.mode()).isEqualTo("distributed");
        assertThat(spent.releases()).isEqualTo(1);
        assertThat(spent.epsilon()).isEqualTo(epsilon());
        assertThat(rounds.get(1).train()).isEmpty();
    }

    @Test
    void addsUpTheSumsOfGroups() throws Exception {
        clients = new MaskedClients(directory, 12);
        clients.all().get(3).diesAt(MaskingStage.MASKING_STAGE_INPUT);
        start(job("doublemask", 1, 12, 8), 1, 4);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(clients.all().stream().collect(Collectors.groupingBy(Client::group, Collectors.counting())))
                .isEqualTo(Map.of(0, 4L, 1, 4L, 2, 4L));
        List<Client> staying = clients.all();
        staying.remove(3);
        assertThat(rounds.get(1).included()).isEqualTo(11);
        assertModel(1, mean(staying));
        assertThat(rounds.get(1).train().get("sample_num"))
                .isEqualTo(staying.stream().mapToDouble(Client::samples).sum());
        assertThat(rounds.get(1).evaluate()).containsKey("loss");
    }

    @Test
    void addsUpTheSumsOfGroupsWithOneMaskToo() throws Exception {
        clients = new MaskedClients(directory, 5);
        start(job("onemask", 1, 5, 5), 1, 3);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertModel(1, mean(clients.all()));
    }

    @Test
    void leavesAGroupOutThatCannotGoOn() throws Exception {
        clients = new MaskedClients(directory, 12);
        clients.dying((stage, client) ->
                stage == MaskingStage.MASKING_STAGE_CONSISTENCY && client.group() == 1 && client.place() < 2);
        start(job("doublemask", 1, 12, 8), 1, 4);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(rounds.get(1).included()).isEqualTo(8);
        assertModel(
                1,
                mean(clients.all().stream()
                        .filter(client -> client.group() != 1)
                        .toList()));
        assertThat(events)
                .filteredOn(event -> event.type().equals("MASKING_GROUP_LEFT_OUT"))
                .extracting(JobEvent::message)
                .anyMatch(text -> text.startsWith("The 4 clients of group 2 of 3 are left out"));
    }

    @Test
    void masksAnewWhereTheOtherGroupsAreTooFew() throws Exception {
        clients = new MaskedClients(directory, 12);
        clients.dying((stage, client) ->
                stage == MaskingStage.MASKING_STAGE_SHARES && client.group() == 1 && client.place() < 2);
        start(job("doublemask", 1, 12, 9), 1, 4);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertThat(events).extracting(JobEvent::message).anyMatch(text -> text.startsWith("Session 2 masks"));
        assertThat(rounds.get(1).included()).isEqualTo(10);
        assertModel(
                1,
                mean(clients.all().stream()
                        .filter(client -> client.group() != 1 || client.place() >= 2)
                        .toList()));
    }

    /** The coordinator sees the sum of each group: three of its four shares are enough, and all twelve are in the model. */
    @Test
    void theNoiseOfEachGroupIsEnoughForItsSum() throws Exception {
        clients = new MaskedClients(directory, 12);
        start(job("doublemask", 1, 12, 9, "distributed"), 1, 4);

        Ended ended = coordinator.awaitEnd();

        assertThat(ended.state()).as(ended.reason()).contains(RunState.FINISHED);
        assertNoised(0.001 * 78 / 12, 2 * 3 / 12.0 * Math.sqrt(12 / 3.0));
        assertThat(rounds.get(1).privacy().releases()).isEqualTo(1);
        assertThat(rounds.get(1).privacy().epsilon()).isEqualTo(epsilon());
    }

    /** Of one sum under a multiplier of 2. */
    private static double epsilon() {
        return PrivacyAccount.EMPTY
                .plus(SampledGaussian.unsampled(2), 1)
                .loss(1e-5)
                .epsilon();
    }

    private void start(JobConfig job, long epoch) throws Exception {
        start(job, epoch, GroupDraw.MOST);
    }

    private void start(JobConfig job, long epoch, int largestGroup) throws Exception {
        coordinator = new MaskedCoordinator(directory, job, largestGroup, epoch, clients, events, rounds);
        clients.dial(coordinator.address());
    }

    private JobConfig job(String mode, int roundCount, int clientNum, int threshold) {
        return job(mode, roundCount, clientNum, threshold, "");
    }

    /** @param privacy mode of its noise; empty = it asks for none */
    private JobConfig job(String mode, int roundCount, int clientNum, int threshold, String privacy) {
        return job(mode, roundCount, clientNum, threshold, privacy, _ -> {});
    }

    private JobConfig job(
            String mode, int roundCount, int clientNum, int threshold, String privacy, Consumer<ObjectNode> details) {
        ObjectNode job = JobJson.newObject()
                .put("job_name", "masked")
                .put("runtime", "pytorch")
                .put("model_path", MODEL.toString())
                .put("output", directory.resolve("output").toString())
                .put("task_entry", "none");
        job.putObject("hyper_parameters")
                .put("max_round_num", roundCount)
                .put("client_num", clientNum)
                .put("threshold_client_num", threshold)
                .put("evaluate_interval", 0)
                .put("save_interval", 0)
                .put("collect_window", 1);
        job.putObject("secure_algorithm").put("type", "SSA").put("mode", mode).put("threshold", threshold);
        if (!privacy.isEmpty()) {
            details.accept(job.putObject("differential_privacy")
                    .put("mode", privacy)
                    .put("noise_multiplier", 2)
                    .put("clip_norm", 3));
        }
        return JobConfigReader.forCoordinator(job).orThrow(Fault.CONFIGURATION_INVALID, "The job");
    }

    private static long weights() throws Exception {
        try (ModelFile model = ModelFiles.open(MODEL)) {
            return model.tensors().tensors().stream()
                    .mapToLong(tensor -> tensor.spec().elements())
                    .sum();
        }
    }

    private static double mean(List<Client> included) {
        double weighted = included.stream()
                .mapToDouble(client -> client.samples() * client.shift())
                .sum();
        return weighted / included.stream().mapToLong(Client::samples).sum();
    }

    /** The weights of the first round's model are so far from where they began, with so much noise: within five standard errors. */
    private void assertNoised(double expected, double deviation) throws Exception {
        List<Double> moves = new ArrayList<>();
        moved(1, (_, move) -> moves.add(move));
        double mean = moves.stream().mapToDouble(x -> x).average().orElseThrow();
        double variance = moves.stream()
                .mapToDouble(x -> (x - mean) * (x - mean))
                .average()
                .orElseThrow();
        double error = deviation / Math.sqrt(moves.size());
        assertThat(mean).isCloseTo(expected, offset(5 * error));
        assertThat(Math.sqrt(variance)).isCloseTo(deviation, offset(5 * error));
    }

    /** Every weight of the round's model is so far from where it began. */
    private void assertModel(int round, double expected) throws Exception {
        moved(round, (name, move) -> assertThat(move).as(name).isCloseTo(expected, offset(2e-6)));
    }

    /** Takes how far some of the weights have moved, with their tensor's name. */
    private void moved(int round, BiConsumer<String, Double> each) throws Exception {
        try (Stream<Path> files = Files.walk(directory.resolve("output"));
                ModelFile before = ModelFiles.open(MODEL)) {
            Path checkpoint = files.filter(file -> file.endsWith("checkpoint_" + round + ".pth"))
                    .findFirst()
                    .orElseThrow();
            try (ModelFile after = ModelFiles.open(checkpoint)) {
                for (NamedTensor tensor : after.tensors().tensors()) {
                    NamedTensor was = before.tensors().get(tensor.spec().name());
                    for (long i = 0; i < tensor.spec().elements(); i += 17) {
                        each.accept(tensor.spec().name(), tensor.at(i) - was.at(i));
                    }
                }
            }
        }
    }
}
