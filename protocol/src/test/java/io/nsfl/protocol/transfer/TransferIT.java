package io.nsfl.protocol.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.v1.Chunk;
import io.nsfl.protocol.v1.FetchTaskRequest;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.protocol.v1.ResultHeader;
import io.nsfl.protocol.v1.TaskServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TransferIT {
    private static final int SIZE = 5 * Frame.MAX_DATA + 12_345;

    @TempDir
    Path directory;

    private Path served;
    private Path received;
    private Path target;
    private byte[] content;
    private LoopbackService service;
    private LoopbackClient client;

    @BeforeEach
    void start() throws IOException {
        served = directory.resolve("served");
        received = directory.resolve("received");
        target = directory.resolve("target");
        content = new byte[SIZE];
        new Random(7).nextBytes(content);
        Files.write(served, content);
        service = new LoopbackService(served, received);
        client = new LoopbackClient(service.port());
    }

    @AfterEach
    void stop() {
        client.close();
        service.close();
    }

    @Test
    void fetchesAFile() throws Exception {
        try (FileSink sink =
                client.fetch(target, 0).done().toCompletableFuture().get(60, SECONDS)) {
            assertThat(sink.full()).isTrue();
        }
        assertThat(target).hasBinaryContent(content);
    }

    @Test
    void fetchesTheRestOfAFile() throws Exception {
        int held = Frame.MAX_DATA + 77;
        Files.write(target, java.util.Arrays.copyOf(content, held));

        client.fetch(target, held).done().toCompletableFuture().get(60, SECONDS).close();

        assertThat(target).hasBinaryContent(content);
    }

    @Test
    void refusesToFetchFromBeyondTheEnd() {
        assertThatThrownBy(() -> client.fetch(target, SIZE + 1L)
                        .done()
                        .toCompletableFuture()
                        .get(60, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void submitsAFile() throws Exception {
        Receipt receipt = client.submit(served, 0).get(60, SECONDS);

        assertThat(receipt.getVerdict()).isEqualTo(Receipt.Verdict.HELD);
        assertThat(received).hasBinaryContent(content);
    }

    @Test
    void submitsTheRestOfAFile() throws Exception {
        Files.write(received, java.util.Arrays.copyOf(content, 1000));

        client.submit(served, 1000).get(60, SECONDS);

        assertThat(received).hasBinaryContent(content);
    }

    @Test
    void stopsReadingTheSourceWhenTheFetchIsCancelledMidWay() throws Exception {
        try (LoopbackService large = new LoopbackService(sparse(1L << 30), received);
                LoopbackClient slow = new LoopbackClient(large.port())) {
            CompletableFuture<Void> arrived = new CompletableFuture<>();
            FrameFetch<FetchTaskRequest> fetch = new FrameFetch<>(new FrameReceiver(header -> {
                arrived.complete(null);
                return FileSink.open(target, 0, 1L << 30);
            }));
            ClientCalls.asyncServerStreamingCall(
                    slow.channel.newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT),
                    FetchTaskRequest.getDefaultInstance(),
                    fetch);
            arrived.get(60, SECONDS);

            fetch.cancel("enough");

            assertThatThrownBy(() -> fetch.done().toCompletableFuture().get(60, SECONDS))
                    .hasCauseInstanceOf(StatusRuntimeException.class);
            FrameSender sender = large.senders.poll(60, SECONDS);
            assertThatThrownBy(() -> sender.sent().toCompletableFuture().get(60, SECONDS))
                    .isInstanceOfAny(java.util.concurrent.CancellationException.class, ExecutionException.class);
            assertThat(sender.position()).isLessThan(1L << 30);
        }
    }

    @Test
    void sendsNoFasterThanTheReceiverTakes() throws Exception {
        long size = 256L << 20;
        try (LoopbackService large = new LoopbackService(sparse(size), received);
                LoopbackClient slow = new LoopbackClient(large.port())) {
            CompletableFuture<Long> furthestAhead = new CompletableFuture<>();
            FrameReceiver receiver = new FrameReceiver(header -> FileSink.open(target, 0, size));
            ClientCalls.asyncServerStreamingCall(
                    slow.channel.newCall(TransferMethods.fetchTask(), CallOptions.DEFAULT),
                    FetchTaskRequest.getDefaultInstance(),
                    new LaggingReceiver(receiver, large.senders, furthestAhead));

            assertThat(furthestAhead.get(60, SECONDS)).isLessThan(32L << 20);
        }
    }

    @Test
    void understandsTheGeneratedStubsOfAnotherImplementation() throws Exception {
        Iterator<Chunk> chunks =
                TaskServiceGrpc.newBlockingStub(client.channel).fetchTask(FetchTaskRequest.getDefaultInstance());
        assertThat(chunks.next().getHeader().isEmpty()).isFalse();
        byte[] fetched = new byte[SIZE];
        while (chunks.hasNext()) {
            Chunk chunk = chunks.next();
            chunk.getData().copyTo(fetched, (int) chunk.getOffset());
        }
        assertThat(fetched).isEqualTo(content);

        Receipt receipt = submitGenerated(crc("abc")).get(60, SECONDS);

        assertThat(receipt.getVerdict()).isEqualTo(Receipt.Verdict.HELD);
        assertThat(received).hasContent("abc");
    }

    @Test
    void answersADamagedFrameWithItsFault() {
        assertThatThrownBy(() -> submitGenerated(crc("abc") + 1).get(60, SECONDS))
                .cause()
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void tellsAReceiverOfAFrameThatIsNone() throws Exception {
        try (LoopbackService service = new LoopbackService(served, received, new RefusalAsStatus());
                LoopbackClient client = new LoopbackClient(service.port())) {
            CompletableFuture<Receipt> answer = new CompletableFuture<>();
            StreamObserver<Chunk> call =
                    TaskServiceGrpc.newStub(client.channel).submitResult(new FutureObserver(answer));
            call.onNext(Chunk.newBuilder().setHeader(header(3)).build());
            call.onNext(Chunk.newBuilder()
                    .setData(ByteString.copyFrom(new byte[Frame.MAX_DATA + 1]))
                    .build());

            assertThatThrownBy(() -> answer.get(60, SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            thrown -> assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.DATA_LOSS));
        }
    }

    private CompletableFuture<Receipt> submitGenerated(int crc32c) {
        CompletableFuture<Receipt> answer = new CompletableFuture<>();
        StreamObserver<Chunk> call = TaskServiceGrpc.newStub(client.channel).submitResult(new FutureObserver(answer));
        call.onNext(Chunk.newBuilder().setHeader(header(3)).build());
        call.onNext(Chunk.newBuilder()
                .setCrc32C(crc32c)
                .setData(ByteString.copyFromUtf8("abc"))
                .build());
        call.onCompleted();
        return answer;
    }

    private static ByteString header(long size) {
        return ResultHeader.newBuilder().setSize(size).build().toByteString();
    }

    private static int crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(US_ASCII));
        return (int) crc.getValue();
    }

    private Path sparse(long size) throws IOException {
        return SparseFile.create(directory.resolve("sparse"), size);
    }

    private record FutureObserver(CompletableFuture<Receipt> answer) implements StreamObserver<Receipt> {
        @Override
        public void onNext(Receipt receipt) {
            answer.complete(receipt);
        }

        @Override
        public void onError(Throwable error) {
            answer.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {}
    }

    /** Takes one frame after the other and notes how far the sender is ahead of it. */
    private static final class LaggingReceiver implements ClientResponseObserver<FetchTaskRequest, Frame> {
        private final FrameReceiver receiver;
        private final BlockingQueue<FrameSender> senders;
        private final CompletableFuture<Long> result;
        private ClientCallStreamObserver<FetchTaskRequest> call;
        private FrameSender sender;
        private long furthest;

        LaggingReceiver(FrameReceiver receiver, BlockingQueue<FrameSender> senders, CompletableFuture<Long> result) {
            this.receiver = receiver;
            this.senders = senders;
            this.result = result;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<FetchTaskRequest> started) {
            call = started;
            started.disableAutoRequestWithInitial(1);
        }

        @Override
        public void onNext(Frame frame) {
            try {
                if (sender == null) {
                    // A sender that does not wait has handed over the whole file before it is in the queue.
                    sender = senders.take();
                }
                furthest = Math.max(furthest, sender.position() - receiver.position());
                receiver.accept(frame);
                call.request(1);
            } catch (InterruptedException interrupted) {
                result.completeExceptionally(interrupted);
            }
        }

        @Override
        public void onError(Throwable error) {
            receiver.close();
            result.completeExceptionally(error);
        }

        @Override
        public void onCompleted() {
            receiver.complete();
            receiver.close();
            result.complete(furthest);
        }
    }
}
