package io.rondo.trainer.nd4j.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import onnx.Onnx;

/**
 * The weights in an ONNX file that PyTorch exported from a BERT encoder. Embeddings, biases and norms keep their names;
 * linear weights have lost theirs and are found through the node that multiplies by them, whose name is the module's.
 */
final class OnnxWeights {
    private static final String MATMUL = "/MatMul";

    private final Map<String, Onnx.TensorProto> initializers = new HashMap<>();
    private final Map<String, String> linearWeights = new HashMap<>();

    private OnnxWeights(Onnx.GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
        for (Onnx.NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("MatMul")
                    && node.getName().endsWith(MATMUL)
                    && initializers.containsKey(node.getInput(1))) {
                String path = node.getName().substring(1, node.getName().length() - MATMUL.length());
                linearWeights.put(path.replace('/', '.') + ".weight", node.getInput(1));
            }
        }
    }

    static OnnxWeights read(InputStream file) throws IOException {
        return new OnnxWeights(Onnx.ModelProto.parseFrom(file).getGraph());
    }

    /** The values under a Hugging Face name, row-major; linear weights as [out, in]. */
    float[] floats(String name) {
        Onnx.TensorProto named = initializers.get(name);
        if (named != null) {
            return values(named);
        }
        Onnx.TensorProto transposed = initializers.get(linearWeights.getOrDefault(name, ""));
        if (transposed == null) {
            throw new IllegalStateException("the ONNX file has no weight for " + name);
        }
        return transpose(values(transposed), (int) transposed.getDims(0), (int) transposed.getDims(1));
    }

    private static float[] values(Onnx.TensorProto tensor) {
        if (tensor.getDataType() != Onnx.TensorProto.DataType.FLOAT.getNumber()) {
            throw new IllegalStateException(tensor.getName() + " is not float32");
        }
        FloatBuffer buffer = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
