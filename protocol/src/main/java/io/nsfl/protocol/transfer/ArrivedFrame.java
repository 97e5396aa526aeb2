package io.nsfl.protocol.transfer;

import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import io.nsfl.protocol.fault.FaultException;
import java.io.InputStream;

/**
 * A message that arrived at a server: a frame, or why it is none. gRPC ends a call whose message cannot be parsed with a status that says
 * nothing; as a value the fault is thrown where interceptors see it.
 */
sealed interface ArrivedFrame {
    record Good(Frame frame) implements ArrivedFrame {}

    record Malformed(FaultException fault) implements ArrivedFrame {}

    /** Hands the frames on; throws the fault in their place. */
    static StreamObserver<ArrivedFrame> unwrapping(StreamObserver<Frame> frames) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ArrivedFrame arrived) {
                switch (arrived) {
                    case Good good -> frames.onNext(good.frame());
                    case Malformed malformed -> {
                        frames.onError(malformed.fault());
                        throw malformed.fault();
                    }
                }
            }

            @Override
            public void onError(Throwable error) {
                frames.onError(error);
            }

            @Override
            public void onCompleted() {
                frames.onCompleted();
            }
        };
    }

    record Marshaller(FrameMarshaller frames) implements MethodDescriptor.Marshaller<ArrivedFrame> {
        @Override
        public InputStream stream(ArrivedFrame arrived) {
            return switch (arrived) {
                case Good good -> frames.stream(good.frame());
                case Malformed malformed -> throw malformed.fault();
            };
        }

        @Override
        public ArrivedFrame parse(InputStream message) {
            try {
                return new Good(frames.parse(message));
            } catch (FaultException malformed) {
                return new Malformed(malformed);
            }
        }
    }
}
