package io.nsfl.modelformats.pickle;

import io.nsfl.modelformats.pickle.PickleValue.Bool;
import io.nsfl.modelformats.pickle.PickleValue.Bytes;
import io.nsfl.modelformats.pickle.PickleValue.Call;
import io.nsfl.modelformats.pickle.PickleValue.Dictionary;
import io.nsfl.modelformats.pickle.PickleValue.Floating;
import io.nsfl.modelformats.pickle.PickleValue.Global;
import io.nsfl.modelformats.pickle.PickleValue.None;
import io.nsfl.modelformats.pickle.PickleValue.Persistent;
import io.nsfl.modelformats.pickle.PickleValue.Sequence;
import io.nsfl.modelformats.pickle.PickleValue.Text;
import io.nsfl.modelformats.pickle.PickleValue.Tuple;
import io.nsfl.modelformats.pickle.PickleValue.Whole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Interprets one pickle of protocol 2 to 5. Time and memory are proportional to the number of instructions, which is bounded.
 * {@code collections.OrderedDict()} becomes a dictionary, other calls stay {@link Call}s.
 */
public final class PickleReader {
    private static final Global ORDERED_DICTIONARY = new Global("collections", "OrderedDict");

    private final ByteBuffer in;
    private final Predicate<Global> allowed;
    private final long maxInstructions;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();

    /** Between the values of the stack: where the items of a container begin. */
    private enum Mark {
        MARK
    }

    /** @param allowed the names the pickle may mention */
    public PickleReader(byte[] pickle, Predicate<Global> allowed, long maxInstructions) {
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.allowed = allowed;
        this.maxInstructions = maxInstructions;
    }

    /**
     * @throws PickleException when the pickle is damaged or too long
     * @throws ForbiddenGlobalException when it mentions a name that is not allowed
     */
    public PickleValue read() {
        for (long done = 0; done < maxInstructions; done++) {
            int instruction = Byte.toUnsignedInt(take(1).get());
            if (instruction == '.') {
                return pop();
            }
            execute(instruction);
        }
        throw new PickleException("it has more than " + maxInstructions + " instructions");
    }

    private void execute(int instruction) {
        switch (instruction) {
            case 0x80 -> requireProtocol(u8());
            case 0x95 -> take(8);
            case '(' -> stack.add(Mark.MARK);
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(None.NONE);
            case 0x88 -> push(new Bool(true));
            case 0x89 -> push(new Bool(false));
            case 'J' -> push(new Whole(take(4).getInt()));
            case 'K' -> push(new Whole(u8()));
            case 'M' -> push(new Whole(Short.toUnsignedInt(take(2).getShort())));
            case 0x8a -> push(new Whole(longOf(take(u8()))));
            case 'G' -> push(new Floating(take(8).order(ByteOrder.BIG_ENDIAN).getDouble()));
            case 'X' -> push(text(u32()));
            case 0x8c -> push(text(u8()));
            case 0x8d -> push(text(take(8).getLong()));
            case 'B' -> pushBytes(u32());
            case 'C', 'U' -> pushBytes(u8());
            case 'T' -> pushBytes(u32());
            case 0x8e, 0x96 -> pushBytes(take(8).getLong());
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(new Tuple(popMany(1)));
            case 0x86 -> push(new Tuple(popMany(2)));
            case 0x87 -> push(new Tuple(popMany(3)));
            case 't' -> push(new Tuple(popToMark()));
            case ']' -> push(new Sequence(new ArrayList<>()));
            case 0x8f -> push(new Sequence(new ArrayList<>()));
            case 'l' -> push(new Sequence(new ArrayList<>(popToMark())));
            case 0x91 -> push(new Sequence(popToMark()));
            case 'a' -> append(popMany(1));
            case 'e', 0x90 -> append(popToMark());
            case '}' -> push(new Dictionary(new LinkedHashMap<>()));
            case 'd' -> {
                List<PickleValue> items = popToMark();
                push(new Dictionary(new LinkedHashMap<>()));
                setItems(items);
            }
            case 's' -> setItems(popMany(2));
            case 'u' -> setItems(popToMark());
            case 'c' -> push(global(line(), line()));
            case 0x93 -> stackGlobal();
            case 'R' -> reduce();
            case 'b' -> pop();
            case 'Q' -> push(new Persistent(pop()));
            case 'q' -> memo.put((long) u8(), top());
            case 'r' -> memo.put(u32(), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(remembered(u8()));
            case 'j' -> push(remembered(u32()));
            default ->
                throw new PickleException("it has the instruction " + instruction + ", which no state dict needs");
        }
    }

    /** The call is recorded, not made; only an empty OrderedDict is what it says. */
    private void reduce() {
        PickleValue arguments = pop();
        PickleValue function = pop();
        if (!(function instanceof Global global) || !(arguments instanceof Tuple tuple)) {
            throw new PickleException("it calls something that is not a function's name");
        }
        if (global.equals(ORDERED_DICTIONARY)) {
            push(new Dictionary(new LinkedHashMap<>()));
            tuple.items().stream().findFirst().ifPresent(this::setPairs);
        } else {
            push(new Call(global, tuple));
        }
    }

    private void setPairs(PickleValue pairs) {
        if (!(pairs instanceof Sequence sequence)) {
            throw new PickleException("it makes an OrderedDict of something that is not a list");
        }
        for (PickleValue pair : sequence.items()) {
            List<PickleValue> items = switch (pair) {
                case Tuple tuple -> tuple.items();
                case Sequence list -> list.items();
                case Dictionary dictionary -> List.copyOf(dictionary.entries().keySet());
                case Call call -> call.arguments().items();
                case PickleValue.Plain plain -> List.of(plain);
            };
            if (items.size() != 2) {
                throw new PickleException("it makes an OrderedDict of something that is not pairs");
            }
            setItems(List.copyOf(items));
        }
    }

    private void setItems(List<PickleValue> items) {
        if (!(top() instanceof Dictionary dictionary) || items.size() % 2 != 0) {
            throw new PickleException("it sets items of something that is not a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            PickleValue key = items.get(i);
            if (!(key instanceof Text || key instanceof Whole || key instanceof Bool || key instanceof Floating)) {
                throw new PickleException("it has a dictionary whose keys are neither text nor numbers");
            }
            dictionary.entries().put(key, items.get(i + 1));
        }
    }

    private void append(List<PickleValue> items) {
        if (!(top() instanceof Sequence sequence)) {
            throw new PickleException("it appends to something that is not a list");
        }
        sequence.items().addAll(items);
    }

    private void stackGlobal() {
        List<PickleValue> names = popMany(2);
        if (!(names.get(0) instanceof Text module) || !(names.get(1) instanceof Text name)) {
            throw new PickleException("it names a function by something that is not text");
        }
        push(global(module.value(), name.value()));
    }

    private Global global(String module, String name) {
        Global global = new Global(module, name);
        if (!allowed.test(global)) {
            throw new ForbiddenGlobalException(global);
        }
        return global;
    }

    private static void requireProtocol(int protocol) {
        if (protocol < 2 || protocol > 5) {
            throw new PickleException("it is of protocol " + protocol);
        }
    }

    private PickleValue remembered(long key) {
        PickleValue value = memo.get(key);
        if (value == null) {
            throw new PickleException("it refers to a value it has not made");
        }
        return value;
    }

    private void push(PickleValue value) {
        stack.add(value);
    }

    private void pushBytes(long length) {
        take(length);
        push(Bytes.BYTES);
    }

    private PickleValue top() {
        if (stack.isEmpty() || !(stack.getLast() instanceof PickleValue value)) {
            throw new PickleException("it takes a value where there is none");
        }
        return value;
    }

    private PickleValue pop() {
        PickleValue value = top();
        stack.removeLast();
        return value;
    }

    private List<PickleValue> popMany(int count) {
        List<PickleValue> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.addFirst(pop());
        }
        return items;
    }

    private List<PickleValue> popToMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw new PickleException("it takes values where there are none");
        }
        List<Object> tail = stack.subList(mark, stack.size());
        List<PickleValue> items = new ArrayList<>(tail.size());
        for (Object item : tail.subList(1, tail.size())) {
            items.add((PickleValue) item);
        }
        tail.clear();
        return items;
    }

    private Text text(long length) {
        ByteBuffer bytes = take(length);
        return new Text(StandardCharsets.UTF_8.decode(bytes).toString());
    }

    private String line() {
        int length = 0;
        while (length < in.remaining() && in.get(in.position() + length) != '\n') {
            length++;
        }
        String line = StandardCharsets.UTF_8.decode(take(length)).toString();
        take(1);
        return line;
    }

    private static long longOf(ByteBuffer bytes) {
        if (bytes.remaining() > Long.BYTES) {
            throw new PickleException("it has a whole number of more than 64 bits");
        }
        long value = 0;
        int count = bytes.remaining();
        for (int i = 0; i < count; i++) {
            value |= (bytes.get() & 0xffL) << (8 * i);
        }
        int unused = Long.SIZE - 8 * count;
        return count == 0 ? 0 : value << unused >> unused;
    }

    private int u8() {
        return Byte.toUnsignedInt(take(1).get());
    }

    private long u32() {
        return Integer.toUnsignedLong(take(4).getInt());
    }

    private ByteBuffer take(long length) {
        if (length < 0 || length > in.remaining()) {
            throw new PickleException("it is cut off");
        }
        ByteBuffer bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return bytes;
    }
}
