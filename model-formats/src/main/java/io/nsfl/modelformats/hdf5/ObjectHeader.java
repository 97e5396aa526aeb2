package io.nsfl.modelformats.hdf5;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The messages that describe a group or a dataset. */
record ObjectHeader(List<Message> messages) {
    static final int DATASPACE = 0x01;
    static final int DATATYPE = 0x03;
    static final int LINK = 0x06;
    static final int EXTERNAL_FILES = 0x07;
    static final int LAYOUT = 0x08;
    static final int ATTRIBUTE = 0x0c;
    static final int CONTINUATION = 0x10;
    static final int SYMBOL_TABLE = 0x11;
    static final int ATTRIBUTE_INFO = 0x15;
    private static final int SHARED = 2;
    private static final int PREFIX = 16;
    private static final int MESSAGE_PREFIX = 8;

    /** @param at address of the message's content */
    record Message(int type, long at, int size) {}

    private record Block(long at, long size) {}

    static ObjectHeader read(Hdf5Bytes bytes, long address) {
        bytes.require(bytes.u8(address) == 1, "the object at " + address + " has a header of another version than 1");
        int count = bytes.u16(address + 2);
        Deque<Block> blocks = new ArrayDeque<>();
        blocks.add(new Block(address + PREFIX, bytes.u32(address + 8)));
        List<Message> messages = new ArrayList<>();
        while (!blocks.isEmpty() && messages.size() < count) {
            readBlock(bytes, blocks.remove(), count, messages, blocks);
        }
        return new ObjectHeader(List.copyOf(messages));
    }

    Optional<Message> find(int type) {
        return messages.stream().filter(message -> message.type() == type).findFirst();
    }

    private static void readBlock(
            Hdf5Bytes bytes, Block block, int count, List<Message> messages, Deque<Block> blocks) {
        bytes.requireInside(block.at(), block.size());
        long at = block.at();
        long end = block.at() + block.size();
        while (end - at >= MESSAGE_PREFIX && messages.size() < count) {
            int type = bytes.u16(at);
            int size = bytes.u16(at + 2);
            int flags = bytes.u8(at + 4);
            long content = at + MESSAGE_PREFIX;
            bytes.require(content + size <= end, "a message at " + at + " is longer than its header");
            bytes.require(
                    (flags & SHARED) == 0 || type != DATATYPE,
                    "the object uses a committed type, which Keras never does");
            if (type == CONTINUATION) {
                bytes.require(size >= 16, "a continuation at " + at + " is too short");
                blocks.add(new Block(bytes.i64(content), bytes.i64(content + 8)));
            }
            messages.add(new Message(type, content, size));
            at = content + size;
        }
    }
}
