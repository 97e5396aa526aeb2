package io.nsfl.modelformats.hdf5;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A group or a dataset, with its attributes. */
public final class Hdf5Object {
    private static final int SYMBOL_ENTRY = 40;
    private static final int NODE_PREFIX = 24;
    private static final int MAX_LEVELS = 16;
    private static final int LINK_HAS_TYPE = 8;

    private final Hdf5Heaps heaps;
    private final Hdf5Bytes bytes;
    private final String path;
    private final ObjectHeader header;
    private Map<String, Hdf5Object> children;

    Hdf5Object(Hdf5Heaps heaps, long address, String path) {
        this.heaps = heaps;
        this.bytes = heaps.bytes();
        this.path = path;
        this.header = ObjectHeader.read(bytes, address);
    }

    /** Names from the root to this object, joined by {@code /}; empty for the root. */
    public String path() {
        return path;
    }

    public boolean isGroup() {
        return header.find(ObjectHeader.SYMBOL_TABLE).isPresent();
    }

    /**
     * The objects of a group by name, in the order in which they were made; a dataset has none. The group's own index is sorted by
     * name, but the names themselves lie in its heap one after the other as they came.
     */
    public Map<String, Hdf5Object> children() {
        if (children == null) {
            header.find(ObjectHeader.LINK).ifPresent(this::refuseLink);
            NavigableMap<Long, Hdf5Object> byPlaceOfName = new TreeMap<>();
            header.find(ObjectHeader.SYMBOL_TABLE).ifPresent(table -> {
                bytes.require(table.size() >= 16, "the symbol table of \"" + path + "\" is too short");
                readTree(bytes.i64(table.at()), bytes.i64(table.at() + 8), MAX_LEVELS, byPlaceOfName);
            });
            children = byName(byPlaceOfName);
        }
        return children;
    }

    /** The object at names joined by {@code /} below this one. */
    public Optional<Hdf5Object> find(String below) {
        Hdf5Object current = this;
        for (String name : below.split("/")) {
            current = current.children().get(name);
            if (current == null) {
                return Optional.empty();
            }
        }
        return Optional.of(current);
    }

    /** The strings of an attribute in order; empty when there is no such attribute or it has no strings. */
    public Optional<List<String>> strings(String attribute) {
        return attribute(attribute).map(this::strings);
    }

    /** This object as an array of values in the file. */
    public Hdf5Dataset dataset() {
        return Hdf5Dataset.read(bytes, header, path);
    }

    /** Keras' groups have a symbol table; single links are how HDF5 keeps those to other files. */
    private void refuseLink(ObjectHeader.Message link) {
        boolean typed = (bytes.u8(link.at() + 1) & LINK_HAS_TYPE) != 0;
        if (typed && bytes.u8(link.at() + 2) != 0) {
            throw bytes.hostile("group \"" + path + "\" has a link to somewhere else");
        }
        throw bytes.unreadable("group \"" + path + "\" is stored in a way that Keras never uses");
    }

    private Map<String, Hdf5Object> byName(NavigableMap<Long, Hdf5Object> byPlaceOfName) {
        Map<String, Hdf5Object> named = new LinkedHashMap<>();
        for (Hdf5Object child : byPlaceOfName.values()) {
            String name = child.path.substring(path.isEmpty() ? 0 : path.length() + 1);
            bytes.require(named.put(name, child) == null, "\"" + child.path + "\" exists twice");
        }
        return named;
    }

    private void readTree(long node, long heap, int levelsLeft, NavigableMap<Long, Hdf5Object> found) {
        bytes.require(levelsLeft > 0, "the tree of group \"" + path + "\" is too deep");
        bytes.requireSignature(node, "TREE");
        bytes.require(bytes.u8(node + 4) == 0, "the tree of group \"" + path + "\" is not one of a group");
        int level = bytes.u8(node + 5);
        int used = bytes.u16(node + 6);
        for (int i = 0; i < used; i++) {
            long child = bytes.i64(node + NODE_PREFIX + 8 + 16L * i);
            if (level > 0) {
                readTree(child, heap, Math.min(level, levelsLeft - 1), found);
            } else {
                readSymbols(child, heap, found);
            }
        }
    }

    private void readSymbols(long node, long heap, NavigableMap<Long, Hdf5Object> found) {
        bytes.requireSignature(node, "SNOD");
        int count = bytes.u16(node + 6);
        for (int i = 0; i < count; i++) {
            long entry = node + 8 + (long) SYMBOL_ENTRY * i;
            long place = bytes.i64(entry);
            String name = heaps.name(heap, place);
            bytes.require(
                    !name.isEmpty() && name.length() <= bytes.limits().nameLength(),
                    "a name in group \"" + path + "\" is empty or too long");
            if (bytes.u32(entry + 16) == 2) {
                throw bytes.hostile("\"" + name + "\" in group \"" + path + "\" is a link to somewhere else");
            }
            String childPath = path.isEmpty() ? name : path + "/" + name;
            Hdf5Object child = new Hdf5Object(heaps, bytes.i64(entry + 8), childPath);
            bytes.require(found.put(place, child) == null, "\"" + childPath + "\" exists twice");
        }
    }

    private record Attribute(Hdf5Type type, Hdf5Space space, long at, long size) {}

    private Optional<Attribute> attribute(String wanted) {
        bytes.require(
                header.find(ObjectHeader.ATTRIBUTE_INFO).isEmpty(),
                "the attributes of \"" + path + "\" are stored in a way that Keras never uses");
        for (ObjectHeader.Message message : header.messages()) {
            if (message.type() == ObjectHeader.ATTRIBUTE) {
                Optional<Attribute> found = attribute(message, wanted);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Attribute> attribute(ObjectHeader.Message message, String wanted) {
        int version = bytes.u8(message.at());
        bytes.require(version >= 1 && version <= 3, "an attribute has the unknown version " + version);
        int pad = version == 1 ? 8 : 1;
        long nameSize = bytes.u16(message.at() + 2);
        long typeSize = padded(bytes.u16(message.at() + 4), pad);
        long spaceSize = padded(bytes.u16(message.at() + 6), pad);
        long name = message.at() + (version == 3 ? 9 : 8);
        long type = name + padded(nameSize, pad);
        long data = type + typeSize + spaceSize;
        long end = message.at() + message.size();
        bytes.require(data <= end, "an attribute of \"" + path + "\" is longer than its message");
        if (!bytes.text(name, nameSize).equals(wanted)) {
            return Optional.empty();
        }
        bytes.require(version == 1 || bytes.u8(message.at() + 1) == 0, "attribute " + wanted + " has a committed type");
        return Optional.of(
                new Attribute(Hdf5Type.read(bytes, type), Hdf5Space.read(bytes, type + typeSize), data, end - data));
    }

    private List<String> strings(Attribute attribute) {
        long count = attribute.space().elements(bytes);
        long size = attribute.type().size();
        if (count == 0) {
            return List.of();
        }
        bytes.require(
                size > 0 && count <= attribute.size() / size,
                "an attribute of \"" + path + "\" is longer than its message");
        List<String> strings = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            long at = attribute.at() + i * size;
            switch (attribute.type().kind()) {
                case TEXT -> strings.add(bytes.text(at, size));
                case VARIABLE_TEXT -> strings.add(heaps.string(at));
                case NUMBER, OPAQUE, OTHER ->
                    throw bytes.unreadable("an attribute of \"" + path + "\" is not made of strings");
            }
        }
        return strings;
    }

    private static long padded(long size, int to) {
        return Math.ceilDiv(size, to) * to;
    }
}
