package io.nsfl.executor;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.v1.CancelTaskRequest;
import io.nsfl.protocol.v1.CancelTaskResponse;
import io.nsfl.protocol.v1.ExecutorReadyRequest;
import io.nsfl.protocol.v1.ExecutorServiceGrpc;
import io.nsfl.protocol.v1.RunTaskRequest;
import io.nsfl.protocol.v1.RunTaskResponse;
import io.nsfl.protocol.v1.TaskEndedRequest;
import io.nsfl.protocol.v1.TaskManagerServiceGrpc;
import io.nsfl.servicekit.grpc.Channels;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.security.SecretClientInterceptor;
import io.nsfl.servicekit.security.StdinSecrets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands in for the executor in this module's tests: a process that speaks its protocol. What a "script" does is said by the task's
 * parameters: {@code wait_for} = a file that has to appear first, {@code fail} = the reason to fail with. Every start of a script adds a line to
 * {@code starts} beside the client's workspaces.
 */
public final class ExecutorApplication {
    private final ObjectNode config;
    private final InternalSecret credential;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private ExecutorApplication(ObjectNode config, InternalSecret credential) {
        this.config = config;
        this.credential = credential;
    }

    public static void main(String[] args) throws Exception {
        InternalSecret credential =
                StdinSecrets.read(System.in, System.getenv()).require(StdinSecrets.CREDENTIAL);
        new ExecutorApplication(JobJson.object(Files.readAllBytes(Path.of(args[1]))), credential).serve();
    }

    private void serve() throws Exception {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new Service())
                .build()
                .start();
        String told = "";
        while (true) {
            try {
                String taskManager = Files.readString(Path.of(text("task_manager_file")));
                if (!taskManager.equals(told)) {
                    stub(taskManager)
                            .executorReady(ExecutorReadyRequest.newBuilder()
                                    .setExecutorId(text("executor_id"))
                                    .setAddress("127.0.0.1:" + server.getPort())
                                    .build());
                    told = taskManager;
                }
            } catch (IOException | RuntimeException gone) {
                System.out.println("No task-manager yet: " + gone.getMessage());
            }
            pause();
        }
    }

    private TaskManagerServiceGrpc.TaskManagerServiceBlockingStub stub(String address) {
        return TaskManagerServiceGrpc.newBlockingStub(
                        Channels.open(address, SecretClientInterceptor.executor(credential)))
                .withDeadlineAfter(5, TimeUnit.SECONDS);
    }

    private String text(String key) {
        return config.get(key).stringValue();
    }

    private static void pause() throws InterruptedException {
        new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    }

    private void script(RunTaskRequest request) {
        try {
            Path starts = Path.of(config.get("writable").get(0).stringValue()).resolve("starts");
            Files.writeString(
                    starts, request.getWorkspace() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            ObjectNode parameters =
                    JobJson.object(request.getDescription().getParametersJson().getBytes());
            while (parameters.has("wait_for")
                    && !Files.exists(Path.of(parameters.get("wait_for").stringValue()))) {
                pause();
            }
            TaskEndedRequest.Builder ended = TaskEndedRequest.newBuilder()
                    .setExecutorId(text("executor_id"))
                    .setTask(request.getDescription().getTask())
                    .setStart(request.getStart());
            if (parameters.has("fail")) {
                ended.getFailureBuilder()
                        .setCode("SCRIPT_FAILED")
                        .setMessage(parameters.get("fail").stringValue());
            } else {
                Path update = Path.of(request.getWorkspace(), "delta_weights.safetensors");
                Files.copy(Path.of(request.getBaseWeights()), update);
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(update));
                ended.setUpdateFile(update.toString())
                        .setUpdateSha256(ByteString.copyFrom(digest))
                        .putMetrics("sample_num", 7);
            }
            report(ended.build());
        } catch (Exception e) {
            e.printStackTrace();
        }
    }

    private void report(TaskEndedRequest ended) throws InterruptedException {
        while (true) {
            try {
                stub(Files.readString(Path.of(text("task_manager_file")))).taskEnded(ended);
                return;
            } catch (IOException | RuntimeException gone) {
                pause();
            }
        }
    }

    private final class Service extends ExecutorServiceGrpc.ExecutorServiceImplBase {
        @Override
        public void run(RunTaskRequest request, StreamObserver<RunTaskResponse> response) {
            if (seen.add(request.getStart() + request.getDescription().getTask().toString())) {
                Thread.ofVirtual().start(() -> script(request));
            }
            response.onNext(RunTaskResponse.getDefaultInstance());
            response.onCompleted();
        }

        @Override
        public void cancel(CancelTaskRequest request, StreamObserver<CancelTaskResponse> response) {
            response.onNext(CancelTaskResponse.getDefaultInstance());
            response.onCompleted();
        }
    }
}
