package io.nsfl.servicekit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GrpcFaultInterceptorTest {
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final GrpcFaultInterceptor interceptor = new GrpcFaultInterceptor(() -> "one", stopping::get);
    private final Ended call = new Ended();

    @Test
    void namesAnIncidentWhereNobodyForesawIt() {
        fail();

        assertThat(call.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(call.status.getDescription()).contains("Incident one");
    }

    @Test
    void asksToTryAgainForWhatFailsWhileTheServiceStops() {
        stopping.set(true);

        fail();

        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private void fail() {
        interceptor.interceptCall(call, new Metadata(), (_, _) -> {
            throw new RejectedExecutionException("the threads are gone");
        });
    }

    /** Remembers how it ended. */
    private static final class Ended extends ServerCall<String, String> {
        private Status status;

        @Override
        public void close(Status end, Metadata trailers) {
            status = end;
        }

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(String message) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }

        @Override
        public MethodDescriptor<String, String> getMethodDescriptor() {
            return MethodDescriptor.<String, String>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("a.Service/Call")
                    .setRequestMarshaller(new Text())
                    .setResponseMarshaller(new Text())
                    .build();
        }
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(new byte[0]);
        }

        @Override
        public String parse(InputStream stream) {
            return "";
        }
    }
}
