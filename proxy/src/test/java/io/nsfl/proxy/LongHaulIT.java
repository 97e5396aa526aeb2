package io.nsfl.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.transfer.Frame;
import io.nsfl.protocol.transfer.FrameSender;
import io.nsfl.protocol.transfer.FrameSource;
import io.nsfl.protocol.transfer.TransferMethods;
import io.nsfl.protocol.v1.Receipt;
import io.nsfl.servicekit.grpc.Channels;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What takes long by its nature, with a real nginx: {@code -Dnsfl.long=true}. Idle for {@code -Dnsfl.long.idle=301} seconds; an upload of
 * {@code -Dnsfl.long.bytes} (3 GB) at {@code -Dnsfl.long.delay} (25) milliseconds each way.
 */
@EnabledIfSystemProperty(named = "nsfl.long", matches = "true", disabledReason = "takes minutes: -Dnsfl.long=true")
class LongHaulIT {
    private static final String JOB = "default-mnist";

    @TempDir
    Path directory;

    private Backend backend;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        backend = new Backend();
        proxy = new TestProxy(directory, Map.of(), "--nsfl.proxy.selector-address=" + backend.address()).start();
        proxy.register(JOB, backend.address());
    }

    @AfterEach
    void stop() {
        proxy.close();
        backend.close();
    }

    private static ManagedChannel open(String address) {
        Metadata job = new Metadata();
        job.put(Metadata.Key.of(Headers.JOB, Metadata.ASCII_STRING_MARSHALLER), JOB);
        return Channels.open(address, MetadataUtils.newAttachHeadersInterceptor(job));
    }

    @Test
    void keepsAStreamThatIsSilentForFiveMinutes() throws Exception {
        long seconds = Long.getLong("nsfl.long.idle", 301);
        Conversation conversation = new Conversation(open(proxy.address()));
        assertThat(conversation.exchange()).isTrue();
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        assertThat(conversation.broken).isNotDone();
        assertThat(conversation.exchange()).isTrue();
        System.out.printf("LongHaulIT: silent for %d s, then answered%n", (System.nanoTime() - start) / 1_000_000_000);
    }

    @Test
    void carriesAnUploadOfThreeGigabytesOverALongWay() throws Exception {
        long bytes = Long.getLong("nsfl.long.bytes", 3_000_000_000L);
        long delay = Long.getLong("nsfl.long.delay", 25);
        Path file = directory.resolve("update");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(bytes);
        }
        int port = Integer.parseInt(proxy.address().split(":")[1]);
        try (DelayedLine line = new DelayedLine(port, delay)) {
            ManagedChannel channel = open(line.address());
            long start = System.nanoTime();
            Upload upload = new Upload(FrameSource.file(file));
            ClientCalls.asyncClientStreamingCall(
                    channel.newCall(TransferMethods.submitResult(), CallOptions.DEFAULT), upload);
            upload.receipt.get(9, TimeUnit.MINUTES);
            double seconds = (System.nanoTime() - start) / 1e9;
            assertThat(backend.received).hasValue(bytes);
            System.out.printf(
                    "LongHaulIT: %d bytes at %d ms round trip in %.1f s: %.0f MB/s%n",
                    bytes, 2 * delay, seconds, bytes / seconds / 1e6);
            channel.shutdownNow();
        }
    }

    private static final class Upload implements ClientResponseObserver<Frame, Receipt> {
        private final FrameSource source;
        private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();

        private Upload(FrameSource source) {
            this.source = source;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Frame> call) {
            FrameSender.submit(call, new byte[0], source, 0);
        }

        @Override
        public void onNext(Receipt answer) {
            receipt.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            receipt.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }
}
