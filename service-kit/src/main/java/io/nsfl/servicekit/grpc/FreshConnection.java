package io.nsfl.servicekit.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/**
 * Lets a call on a channel that could not connect try again at once. Left alone, a channel waits up to two minutes between its own attempts and
 * answers every call in between with its last failure; a server that is back would not be noticed by callers who have a back-off already.
 */
final class FreshConnection implements ClientInterceptor {
    private volatile ManagedChannel channel;

    void of(ManagedChannel opened) {
        channel = opened;
    }

    @Override
    public <A, B> ClientCall<A, B> interceptCall(MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.enterIdle();
        }
        return next.newCall(method, options);
    }
}
