package io.nsfl.taskmanager;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/** A channel without a network: the test is the other side of every call, on its own thread. */
public final class FakeChannel extends Channel {
    public final List<Call<?, ?>> calls = new ArrayList<>();

    /** One call as the other side sees it. */
    public static final class Call<Q, A> extends ClientCall<Q, A> {
        public final List<Object> sent = new ArrayList<>();
        public String cancelled = "";
        private Listener<A> listener;
        private boolean over;

        @Override
        public void start(Listener<A> responses, Metadata headers) {
            listener = responses;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(String message, Throwable cause) {
            cancelled = message;
            end(Status.CANCELLED.withDescription(message));
        }

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {
            sent.add(message);
        }

        /** What the other side says. */
        @SuppressWarnings("unchecked")
        public void answer(Object message) {
            listener.onMessage((A) message);
        }

        public void end(Status status) {
            if (!over) {
                over = true;
                listener.onClose(status, new Metadata());
            }
        }
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        Call<Q, A> call = new Call<>();
        calls.add(call);
        return call;
    }

    public Call<?, ?> last() {
        return calls.getLast();
    }

    @Override
    public String authority() {
        return "test";
    }
}
