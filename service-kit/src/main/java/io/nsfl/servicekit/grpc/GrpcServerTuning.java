package io.nsfl.servicekit.grpc;

import io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.TimeUnit;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/** Sets a gRPC server up for many quiet streams and for bulk transfer. */
public final class GrpcServerTuning implements ServerBuilderCustomizer<NettyServerBuilder> {
    @Override
    public void customize(NettyServerBuilder builder) {
        builder.maxInboundMessageSize(Channels.MAX_INBOUND_MESSAGE)
                .initialFlowControlWindow(Channels.FLOW_CONTROL_WINDOW)
                // Clients ping every 20 s; anything up to twice as often is no abuse.
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
    }
}
