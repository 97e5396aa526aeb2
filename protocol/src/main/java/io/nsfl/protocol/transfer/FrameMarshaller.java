package io.nsfl.protocol.transfer;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/** {@link Frame} as message {@code nsfl.v1.Chunk}: the same bytes on the wire, its data never copied by us on the way out. */
final class FrameMarshaller implements MethodDescriptor.Marshaller<Frame> {
    @Override
    public InputStream stream(Frame frame) {
        return new FrameOutput(frame);
    }

    /** @throws io.nsfl.protocol.fault.FaultException TRANSFER_CORRUPT for what is no such message, or one beyond the bounds */
    @Override
    public Frame parse(InputStream message) {
        return FrameInput.parse(message);
    }
}
