package io.nsfl.servicekit.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ConnectivityState;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChannelsTest {
    @Test
    void aCallSoonAfterTheServerCameBackReachesIt() throws Exception {
        Server before = serve(0);
        int port = before.getPort();
        ManagedChannel channel = Channels.open("127.0.0.1:" + port);
        try {
            assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
            before.shutdownNow().awaitTermination();
            for (int call = 0; call < 20; call++) {
                assertThatThrownBy(() -> health(channel)).isInstanceOf(StatusRuntimeException.class);
            }
            Server after = serve(port);
            try {
                lastAttemptIsOver(channel);
                assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
            } finally {
                after.shutdownNow().awaitTermination();
            }
        } finally {
            channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
        }
    }

    /** A call fails a moment before the channel says that its attempt did: until then it has nothing to begin anew. */
    private static void lastAttemptIsOver(ManagedChannel channel) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        channel.notifyWhenStateChanged(ConnectivityState.CONNECTING, over::countDown);
        over.await();
    }

    private static Server serve(int port) throws IOException {
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        InsecureServerCredentials.create())
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }

    private static ServingStatus health(ManagedChannel channel) {
        HealthCheckResponse answer = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        return answer.getStatus();
    }
}
