package io.nsfl.coordinator.extender.host;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one call of a job's Java extender: reads {@code request.json} in the directory it is given and writes {@code out/response.json}
 * there. The extender's functions are public static methods of the entry's class, found by name and number of arguments.
 */
public final class ExtenderHost {
    private final Map<String, Object> request;
    private final Path out;
    private final Map<String, Method> functions = new LinkedHashMap<>();

    private ExtenderHost(Map<String, Object> request, Path out) {
        this.request = request;
        this.out = out;
    }

    /** @param arguments the directory of the call */
    public static void main(String[] arguments) throws Throwable {
        Path work = Path.of(arguments[0]);
        Path out = work.resolve("out");
        Map<String, Object> request = HostJson.object(Files.readString(work.resolve("request.json")));
        String response;
        try {
            response = HostJson.write(new ExtenderHost(request, out).answer());
        } catch (HostProblem problem) {
            response = HostJson.write(Map.of("problem", problem.getMessage()));
        }
        Files.writeString(out.resolve("response.json"), response);
    }

    private Map<String, Object> answer() throws Throwable {
        find();
        return switch ((String) request.get("call")) {
            case "broadcast" -> broadcast();
            case "round" -> endOfRound();
            default -> Map.of();
        };
    }

    private void find() throws ClassNotFoundException {
        Class<?> type = Class.forName((String) request.get("entry"));
        for (Map.Entry<?, ?> wanted : ((Map<?, ?>) request.get("functions")).entrySet()) {
            String role = (String) wanted.getKey();
            int arguments = role.equals("aggregate") ? 2 : 1;
            functions.put(role, find(type, (String) wanted.getValue(), role, arguments));
        }
    }

    private static Method find(Class<?> type, String name, String role, int arguments) {
        for (Method method : type.getMethods()) {
            if (method.getName().equals(name)
                    && Modifier.isStatic(method.getModifiers())
                    && method.getParameterCount() == arguments) {
                return method;
            }
        }
        throw new HostProblem(
                "The extender's class " + type.getName() + " has no public static method " + name + " with " + arguments
                        + (arguments == 1 ? " argument" : " arguments") + ", which the job names as " + role + ".");
    }

    private Map<String, Object> broadcast() throws Throwable {
        Map<?, ?> result = map(call("broadcast", request.get("parameters")), "broadcast");
        Map<?, ?> files = result.get("files") == null ? Map.of() : map(result.get("files"), "broadcast");
        List<String> names = new ArrayList<>();
        for (Map.Entry<?, ?> file : files.entrySet()) {
            Path path = Path.of(String.valueOf(file.getValue()));
            if (!Files.isRegularFile(path)) {
                throw new HostProblem("The extender's broadcast names the file " + path + " for " + file.getKey()
                        + ", which does not exist.");
            }
            // Under a number: what the script calls it is the coordinator's to judge.
            Files.copy(path, out.resolve("file-" + names.size()));
            names.add(String.valueOf(file.getKey()));
        }
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("files", names);
        response.put("params", result.get("params") == null ? Map.of() : map(result.get("params"), "broadcast"));
        return response;
    }

    private Map<String, Object> endOfRound() throws Throwable {
        Map<?, ?> result = null;
        if (functions.containsKey("aggregate")) {
            for (Object update : (List<?>) request.get("updates")) {
                result = map(call("aggregate", update((Map<?, ?>) update), result), "aggregate");
            }
        }
        Object finished = functions.containsKey("finish") ? call("finish", result == null ? Map.of() : result) : null;
        if ((Boolean) request.get("weights_wanted")) {
            Object weights = finished instanceof Map<?, ?> last ? last.get("weights") : null;
            if (weights == null && result != null) {
                weights = result.get("weights");
            }
            if (!(weights instanceof Map<?, ?> named)) {
                throw new HostProblem(
                        "The job's aggregation is \"extender\", but neither finish nor the last aggregate returned"
                                + " a map with weights, which are arrays by name.");
            }
            HostTensors.write(out.resolve("weights.safetensors"), named, (List<?>) request.get("tensors"));
        }
        return Map.of();
    }

    private static Map<String, Object> update(Map<?, ?> given) throws IOException {
        Map<String, Object> update = new LinkedHashMap<>();
        update.put("client_id", given.get("client_id"));
        update.put("metrics", given.get("metrics"));
        update.put("custom_files", Path.of((String) given.get("files")));
        String params = (String) given.get("params");
        update.put("custom_params", params == null ? Map.of() : HostJson.object(Files.readString(Path.of(params))));
        update.put("weights", HostTensors.read(Path.of((String) given.get("weights"))));
        return update;
    }

    private Object call(String role, Object... arguments) throws Throwable {
        try {
            return functions.get(role).invoke(null, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        } catch (IllegalArgumentException otherTypes) {
            throw new HostProblem(
                    "The extender's " + role + " must take maps (java.util.Map): " + otherTypes.getMessage() + ".");
        }
    }

    private static Map<?, ?> map(Object value, String role) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new HostProblem("The extender's " + role + " must return a java.util.Map.");
    }
}
