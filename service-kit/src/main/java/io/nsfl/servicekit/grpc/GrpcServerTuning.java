package io.nsfl.servicekit.grpc;

import io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.TimeUnit;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Sets a gRPC server up for many quiet streams and for bulk transfer. */
public final class GrpcServerTuning implements ServerBuilderCustomizer<NettyServerBuilder> {
    /**
     * What a connection may send ahead of what was read, which is memory here for each of many clients; so it does not grow by itself. 1 MiB
     * is 20 MiB/s for each client at 50 ms.
     */
    private static final int RECEIVE_WINDOW = 1 << 20;

    @Override
    public void customize(NettyServerBuilder builder) {
        builder.maxInboundMessageSize(Channels.MAX_INBOUND_MESSAGE)
                .flowControlWindow(RECEIVE_WINDOW)
                // Clients ping every 20 s; anything up to twice as often is no abuse.
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
    }
}
