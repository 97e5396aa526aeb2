package io.nsfl.protocol.transfer;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.nsfl.protocol.fault.FaultException;

/** What the services' own translator does with a fault, as far as these tests need it. */
final class RefusalAsStatus implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall.Listener<Q> listener = next.startCall(new SimpleForwardingServerCall<>(call) {}, headers);
        return new io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                try {
                    super.onMessage(message);
                } catch (FaultException refused) {
                    call.close(Status.fromCode(refused.fault().grpcCode()), new Metadata());
                }
            }
        };
    }
}
