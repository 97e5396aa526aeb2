package io.nsfl.servicekit.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.util.concurrent.TimeUnit;

/** Opens the platform's gRPC channels; the one place that decides about their transport security. */
public final class Channels {
    /** Of messages other than transfer frames, which are smaller. */
    public static final int MAX_INBOUND_MESSAGE = 16 << 20;

    private static final int MAX_INBOUND_METADATA = 64 << 10;

    /** Initial window per stream. What waits in it is memory at the receiver; it grows by itself where the way is long. */
    static final int FLOW_CONTROL_WINDOW = 256 << 10;

    private static final TransportSecurity PLAIN = TransportSecurity.plain();

    private Channels() {}

    /** Opens a channel that is not secured: to what listens on this machine's loopback. */
    public static ManagedChannel open(String address, ClientInterceptor... interceptors) {
        return open(address, PLAIN, interceptors);
    }

    /**
     * Opens a channel; it connects at the first call, and after a loss at the next call. How long to wait between two calls that failed is
     * the caller's decision. The caller shuts it down.
     *
     * @param address {@code host:port}
     * @param security of the connection; where it is TLS, the host (or the name that it expects) must be in the server's certificate
     * @param interceptors for example {@code SecretClientInterceptor}; the first is the outermost
     */
    public static ManagedChannel open(String address, TransportSecurity security, ClientInterceptor... interceptors) {
        FreshConnection fresh = new FreshConnection();
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address, security.channelCredentials())
                // A channel of ours goes to the address it was given and not through a proxy of the environment.
                .proxyDetector(target -> null)
                .intercept(interceptors.clone())
                .intercept(fresh)
                .maxInboundMessageSize(MAX_INBOUND_MESSAGE)
                .maxInboundMetadataSize(MAX_INBOUND_METADATA)
                .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
                // Every call of ours has its own retry with its own idea of what a repeat means; and the library's
                // would
                // keep frames whose buffers are reused.
                .disableRetry()
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false);
        security.authority().ifPresent(builder::overrideAuthority);
        ManagedChannel channel = builder.build();
        fresh.of(channel);
        return channel;
    }
}
