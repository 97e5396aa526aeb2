package io.nsfl.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.nsfl.federation.tensor.NamedTensor;
import io.nsfl.federation.tensor.TensorSet;
import io.nsfl.modelformats.ModelFile;
import io.nsfl.modelformats.ModelFiles;
import io.nsfl.modelformats.safetensors.SafetensorsFile;
import io.nsfl.modelformats.safetensors.SafetensorsWriter;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.protocol.v1.ExecutorStatusRequest;
import io.nsfl.protocol.v1.Resources;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.TaskDescription;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskKind;
import io.nsfl.protocol.v1.TaskRef;
import io.nsfl.protocol.v1.TensorRule;
import io.nsfl.protocol.v1.TensorTreatment;
import io.nsfl.sandbox.Isolation;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.node.ObjectNode;

/** The whole executor with the real frameworks, where this machine has them. */
class ExecutorIT {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final Path PYTHONS = Path.of(System.getProperty("user.home"), ".nsfl/python");
    private static final Path EXAMPLES = PROJECT.resolve("examples/mnist");

    @TempDir
    Path directory;

    private final InternalSecret credential = InternalSecret.generate(new SecureRandom());
    private TaskManagerFake taskManager;
    private ConfigurableApplicationContext executor;
    private ManagedChannel channel;
    private int starts;
    private int workers = 1;
    private Path datasets;

    @BeforeEach
    void startTaskManager() throws IOException {
        taskManager = new TaskManagerFake(credential);
    }

    @AfterEach
    void stop() {
        if (channel != null) {
            channel.shutdownNow();
        }
        if (executor != null) {
            executor.close();
        }
        taskManager.close();
    }

    @Test
    void trainsAndEvaluatesWithPytorch() throws Exception {
        Path python = PYTHONS.resolve("pytorch/bin/python");
        assumeTrue(Files.exists(python));
        start("pytorch", python);
        trainsThenEvaluates("pytorch", EXAMPLES.resolve("pytorch/model/init_model.pth"), ".pth", "trained_weights.pth");
    }

    @Test
    void trainsAndEvaluatesWithTensorflow() throws Exception {
        Path python = PYTHONS.resolve("tensorflow/bin/python");
        assumeTrue(Files.exists(python));
        start("tensorflow", python);
        trainsThenEvaluates(
                "tensorflow", EXAMPLES.resolve("tensorflow/model/init_model.h5"), ".h5", "trained_model.h5");
    }

    @Test
    void trainsAndEvaluatesWithDl4j() throws Exception {
        assumeTrue(Files.isDirectory(PROJECT.resolve("sdk/java/target/app/lib")));
        start("dl4j", Path.of("python3"));
        trainsThenEvaluates("dl4j", EXAMPLES.resolve("dl4j/model/init_model.zip"), ".zip", "trained_model.zip");
    }

    @Test
    void plainScriptsReachNothingOfTheClientOrOfOtherTasks() throws Exception {
        startsWithSandbox("pytorch");
        reachesNothing(
                "sh",
                "probe.sh",
                "for f in " + String.join(" ", notTheirs()) + "; do cat $f && echo $f >> $TASK_WORKSPACE/reached; done",
                "touch " + lost() + " && touch $TASK_WORKSPACE/reached",
                "touch $TASK_WORKSPACE/tried");
    }

    @Test
    void pythonScriptsReachNothingOfTheClientOrOfOtherTasks() throws Exception {
        startsWithSandbox("pytorch");
        reachesNothing(
                "python3",
                "probe.py",
                "import os",
                "own = os.environ['TASK_WORKSPACE']",
                "def attempt(name, mode):",
                "    try:",
                "        open(name, mode).close()",
                "        open(own + '/reached', 'a').write(name)",
                "    except PermissionError:",
                "        open(own + '/tried', 'w').close()",
                "for name in "
                        + notTheirs().stream().map(name -> "'" + name + "'").toList() + ":",
                "    attempt(name, 'r')",
                "attempt('" + lost() + "', 'w')");
    }

    @Test
    void javaScriptsReachNothingOfTheClientOrOfOtherTasks() throws Exception {
        assumeTrue(Files.isDirectory(PROJECT.resolve("sdk/java/target/app/lib")));
        startsWithSandbox("dl4j");
        reachesNothing(
                "java",
                "Probe.java",
                "import java.nio.file.*;",
                "public class Probe {",
                "    static final Path OWN = Path.of(System.getenv(\"TASK_WORKSPACE\"));",
                "    public static void main(String[] names) throws Exception {",
                "        for (String name : \"" + String.join(" ", notTheirs()) + "\".split(\" \")) {",
                "            attempt(() -> Files.readString(Path.of(name)));",
                "        }",
                "        attempt(() -> Files.createFile(Path.of(\"" + lost() + "\")));",
                "        Files.createTempFile(\"own\", \"\");",
                "        Files.createFile(OWN.resolve(\"tried\"));",
                "    }",
                "    static void attempt(java.util.concurrent.Callable<?> what) throws Exception {",
                "        try {",
                "            what.call();",
                "            Files.writeString(OWN.resolve(\"reached\"), \"yes\");",
                "        } catch (AccessDeniedException denied) { }",
                "    }",
                "}");
    }

    @Test
    void javaWorkersOfATaskShareItsWorkspace() throws Exception {
        assumeTrue(Files.isDirectory(PROJECT.resolve("sdk/java/target/app/lib")));
        workers = 2;
        startsWithSandbox("dl4j");
        reachesNothing(
                "java",
                "Probe.java",
                "import java.nio.file.*;",
                "public class Probe {",
                "    public static void main(String[] names) throws Exception {",
                "        Path own = Path.of(System.getenv(\"TASK_WORKSPACE\"));",
                "        String index = System.getenv(\"WORKER_INDEX\");",
                "        Files.createFile(own.resolve(\"worker-\" + index));",
                "        while (!Files.exists(own.resolve(\"worker-\" + (1 - Integer.parseInt(index))))) {",
                "            Thread.onSpinWait();",
                "        }",
                "        if (index.equals(\"0\")) Files.createFile(own.resolve(\"tried\"));",
                "    }",
                "}");
    }

    private List<String> notTheirs() throws IOException {
        Path delta = Files.writeString(otherTask().resolve("delta_weights.safetensors"), "of another job");
        return Stream.of(
                        directory.toRealPath().resolve("lmdb/identity"),
                        delta,
                        workspace().resolve(".nsfl/executors/nsfl-x-1/executor.json"))
                .map(Path::toString)
                .toList();
    }

    private Path lost() throws IOException {
        return otherTask().resolve("lost");
    }

    private Path otherTask() throws IOException {
        return Files.createDirectories(workspace().resolve("train-other-9001-1"));
    }

    @Test
    void runsNoScriptWithoutASandboxWhereTheOwnerWantsOne() throws Exception {
        // Neither bubblewrap nor what tries Landlock is found there.
        start("pytorch", Path.of("python3"), Map.of("PATH", "/nonexistent"));

        TaskEndedRequest end = probe("sh", "probe.sh", "touch $TASK_WORKSPACE/tried");

        assertThat(end.getFailure().getCode()).isEqualTo("TASK_REFUSED");
        assertThat(end.getFailure().getMessage()).contains("sandbox: required");
        assertThat(workspace().resolve("evaluate_running/tried")).doesNotExist();
    }

    @Test
    void answersNobodyWithoutTheCredential() throws Exception {
        start("dl4j", Path.of("python3"));
        String address = TaskManagerFake.next(taskManager.ready).getAddress();
        channel = Channels.open(address, SecretClientInterceptor.executor(InternalSecret.generate(new SecureRandom())));

        assertThatThrownBy(() ->
                        ExecutorServiceGrpc.newBlockingStub(channel).status(ExecutorStatusRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAUTHENTICATED");
    }

    private void startsWithSandbox(String runtime) throws Exception {
        start(runtime, Path.of("python3"));
        assumeTrue(executor.getBean(Isolation.class).confines(), "No sandbox on this machine");
    }

    private void reachesNothing(String command, String entry, String... lines) throws Exception {
        TaskEndedRequest end = probe(command, entry, lines);

        assertThat(end.getFailure().getMessage()).contains("committed no metrics");
        assertThat(workspace().resolve("evaluate_running/tried")).exists();
        assertThat(workspace().resolve("evaluate_running/reached")).doesNotExist();
    }

    private TaskEndedRequest probe(String command, String entry, String... lines) throws Exception {
        Path scripts = Files.createDirectories(workspace().resolve("evaluate_running/scripts"));
        Files.writeString(scripts.resolve(entry), String.join("\n", lines) + "\n");
        Files.writeString(
                scripts.resolve("mnist.json"),
                "{\"evaluate\": {\"command\": \"" + command + "\", \"entry\": \"" + entry + "\"}}");
        RunTaskRequest.Builder request =
                request(description("pytorch", TaskKind.TASK_KIND_EVALUATE), scripts.getParent(), directory)
                        .toBuilder();
        stub().run(request.setStart(++starts)
                .setResources(Resources.newBuilder().setWorkerNum(workers))
                .build());
        return TaskManagerFake.next(taskManager.ends);
    }

    private void trainsThenEvaluates(String runtime, Path model, String suffix, String trained) throws Exception {
        var stub = stub();
        Path workspace = workspace("train", runtime, model, suffix);
        Path base = directory.resolve("base.safetensors");
        TaskDescription.Builder description = description(runtime, TaskKind.TASK_KIND_TRAIN);
        try (ModelFile file = ModelFiles.open(model)) {
            SafetensorsWriter.write(base, file.tensors(), Map.of());
            file.tensors()
                    .specs()
                    .forEach(spec -> description.addTensors(TensorRule.newBuilder()
                            .setName(spec.name())
                            .setDtype(spec.dtype().name())
                            .addAllShape(spec.shape())
                            .setTreatment(TensorTreatment.TENSOR_TREATMENT_TRAINABLE)));
        }
        taskManager.refusals.set(2);

        stub.run(request(description, workspace, base));
        TaskEndedRequest end = TaskManagerFake.next(taskManager.ends);

        assertThat(end.getFailure().getMessage()).isEmpty();
        assertThat(end.getMetricsMap()).containsEntry("sample_num", 500.0).containsKey("loss");
        Path update = Path.of(end.getUpdateFile());
        assertThat(end.getUpdateSha256().toByteArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(update)));
        assertThat(Files.exists(workspace.resolve(trained))).isTrue();
        addsUpToTheTrainedModel(base, update, workspace.resolve(trained));

        Path evaluation = workspace("evaluate", runtime, workspace.resolve(trained), suffix);
        stub.run(request(description(runtime, TaskKind.TASK_KIND_EVALUATE), evaluation, base));
        TaskEndedRequest measured = TaskManagerFake.next(taskManager.ends);
        assertThat(measured.getFailure().getMessage()).isEmpty();
        assertThat(measured.getMetricsMap()).containsKeys("loss", "accuracy");
        assertThat(measured.getUpdateFile()).isEmpty();
    }

    private static void addsUpToTheTrainedModel(Path base, Path update, Path trained) {
        try (SafetensorsFile before = SafetensorsFile.open(base);
                SafetensorsFile delta = SafetensorsFile.open(update);
                ModelFile after = ModelFiles.open(trained)) {
            TensorSet expected = after.tensors();
            double moved = 0;
            for (int i = 0; i < expected.tensors().size(); i++) {
                NamedTensor value = expected.tensors().get(i);
                NamedTensor change = delta.tensors().tensors().get(i);
                assertThat(before.tensors().tensors().get(i).at(0) + change.at(0))
                        .isCloseTo(value.at(0), org.assertj.core.data.Offset.offset(1e-6));
                moved += change.squaredNorm();
            }
            assertThat(moved).isPositive();
        }
    }

    private void start(String runtime, Path python) throws IOException {
        start(runtime, python, Map.of("PATH", System.getenv("PATH"), "HOME", System.getProperty("user.home")));
    }

    private void start(String runtime, Path python, Map<String, String> environment) throws IOException {
        Path address = Files.writeString(directory.resolve("address"), taskManager.address());
        datasets = datasets();
        Path own = Files.createDirectories(workspace().resolve(".nsfl/executors/nsfl-x-1"));
        ObjectNode config = JobJson.newObject()
                .put("executor_id", "nsfl-x-1")
                .put("task_manager_file", address.toString())
                .put("namespace", "default")
                .put("job", "job")
                .put("run", "run")
                .put("runtime", runtime)
                .put("workspace", workspace().toString())
                .put("python", python.toString())
                .put("sdk_python", PROJECT.resolve("sdk/python").toString())
                .put(
                        "sdk_java",
                        PROJECT.resolve("sdk/java/target/app/lib") + ":"
                                + PROJECT.resolve("sdk/java/target/sdk-java.jar"))
                .put(
                        "java",
                        Path.of(System.getProperty("java.home"), "bin/java").toString())
                .put("sandbox_required", true);
        config.putArray("hidden")
                .add(Files.createDirectories(directory.resolve("lmdb")).toString());
        Files.writeString(directory.resolve("lmdb/identity"), "the client's key");
        Path file = Files.write(own.resolve("executor.json"), JobJson.bytes(config));
        executor = ExecutorApplication.start(
                new ExecutorStart(ExecutorProperties.read(file), credential, own, environment));
    }

    private Path workspace() throws IOException {
        return Files.createDirectories(directory.toRealPath().resolve("workspace"));
    }

    private ExecutorServiceGrpc.ExecutorServiceBlockingStub stub() throws InterruptedException {
        if (channel == null) {
            channel = Channels.open(
                    TaskManagerFake.next(taskManager.ready).getAddress(), SecretClientInterceptor.executor(credential));
        }
        return ExecutorServiceGrpc.newBlockingStub(channel);
    }

    private static TaskDescription.Builder description(String runtime, TaskKind kind) {
        return TaskDescription.newBuilder()
                .setTask(TaskRef.newBuilder()
                        .setNamespace("default")
                        .setJob("job")
                        .setRun("run")
                        .setRound(1)
                        .setAttempt(1)
                        .setClientId("c-1")
                        .setKind(kind))
                .setRuntime(runtime)
                .setSeed(11);
    }

    private RunTaskRequest request(TaskDescription.Builder description, Path workspace, Path base) throws IOException {
        return RunTaskRequest.newBuilder()
                .setDescription(description)
                .setWorkspace(workspace.toString())
                .setTaskConfig(workspace.resolve("scripts/mnist.json").toString())
                .setDatasetsFile(datasets.toString())
                .setBaseWeights(base.toString())
                .build();
    }

    private Path workspace(String name, String runtime, Path model, String suffix) throws IOException {
        Path workspace = Files.createDirectories(workspace().resolve(name + "_running"));
        Path scripts = Files.createDirectories(workspace.resolve("scripts"));
        try (Stream<Path> files = Files.list(EXAMPLES.resolve(runtime).resolve("scripts"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, scripts.resolve(file.getFileName()));
            }
        }
        Files.copy(model, workspace.resolve("init_weights" + suffix));
        return workspace;
    }

    /** Images of noise in the files and the archive that the examples read. */
    private Path datasets() throws IOException {
        Path data = Files.createDirectories(directory.resolve("mnist"));
        Random noise = new Random(1);
        for (String kind : new String[] {"train", "t10k"}) {
            try (RandomAccessFile images = new RandomAccessFile(
                            data.resolve(kind + "-images-idx3-ubyte").toFile(), "rw");
                    RandomAccessFile labels = new RandomAccessFile(
                            data.resolve(kind + "-labels-idx1-ubyte").toFile(), "rw")) {
                byte[] pixels = new byte[16 + 500 * 784];
                noise.nextBytes(pixels);
                images.write(pixels);
                byte[] digits = new byte[8 + 500];
                for (int i = 8; i < digits.length; i++) {
                    digits[i] = (byte) noise.nextInt(10);
                }
                labels.write(digits);
            }
        }
        npz(data);
        return Files.writeString(
                directory.resolve("datasets.json"),
                "{\"mnist\": \"" + data.toRealPath() + "\"}",
                StandardCharsets.UTF_8);
    }

    private static void npz(Path data) throws IOException {
        Path python = PYTHONS.resolve("tensorflow/bin/python");
        if (!Files.exists(python)) {
            return;
        }
        String code = "import numpy as n; r=n.random.RandomState(1);"
                + "x=lambda:r.randint(0,255,(500,28,28)).astype('uint8'); y=lambda:r.randint(0,10,500).astype('uint8');"
                + "n.savez('mnist.npz',x_train=x(),y_train=y(),x_test=x(),y_test=y())";
        Process process = new ProcessBuilder(python.toString(), "-c", code)
                .directory(data.toFile())
                .inheritIO()
                .start();
        process.onExit().join();
    }
}
