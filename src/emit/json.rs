//! JSON as this project writes it.
//!
//! In: values with sorted keys. Out: text, compact or indented by two spaces. Always: a number in a `K8sPod` is written as the
//! double that the wire holds. Not here: what the values mean.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Without white space.
    Compact,
    /// One entry a line.
    Indented,
}

/// How whole numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// As they are.
    Exact,
    /// As the doubles that a protobuf `Struct` makes of them.
    Doubles,
}

/// The largest whole number up to which doubles hold every one.
const EXACT_DOUBLES: u64 = 1 << 53;

/// Writes a value.
pub fn write(value: &impl Serialize, layout: Layout, numbers: Numbers, out: &mut Vec<u8>) {
    write_at(value, layout, numbers, 0, out);
}

/// A value, laid out, if that has at most so many bytes; there is room for as many as are expected.
pub fn within(value: &impl Serialize, expected: usize, most: usize) -> Option<Vec<u8>> {
    let mut bounded = Bounded { bytes: Vec::with_capacity(expected), most };
    let style = Style { inner: Nested::at(0), numbers: Numbers::Exact };
    let written = value.serialize(&mut Serializer::with_formatter(&mut bounded, style));
    written.is_ok().then_some(bounded.bytes)
}

/// Bytes that grow to a bound.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most.saturating_sub(self.bytes.len()) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_at(value: &impl Serialize, layout: Layout, numbers: Numbers, depth: usize, out: &mut Vec<u8>) {
    // Writing into memory cannot fail, nor has any of the values keys that are no strings.
    let _ = match layout {
        Layout::Compact => {
            value.serialize(&mut Serializer::with_formatter(out, Style { inner: CompactFormatter, numbers }))
        }
        Layout::Indented => {
            let inner = Nested::at(depth);
            value.serialize(&mut Serializer::with_formatter(out, Style { inner, numbers }))
        }
    };
}

/// A value with holes in it, written but for what fills them.
#[derive(Debug, Clone)]
pub struct Shell {
    /// What stands before each hole, and how deep that is.
    parts: Vec<(Vec<u8>, usize)>,
    after: Vec<u8>,
    layout: Layout,
}

/// A value with holes: each of these strings stands where one is, in the order of the text, so many levels down. A level is an
/// array or object around the hole.
pub struct Holed<const N: usize> {
    /// The value.
    pub value: Value,
    /// The strings, which stand nowhere else in it, and how deep the holes are.
    pub holes: [(String, usize); N],
}

impl Shell {
    /// Writes the value, which itself stands `depth` levels down, around its holes.
    pub fn new<const N: usize>(holed: &Holed<N>, layout: Layout, depth: usize) -> Self {
        let mut text = Vec::new();
        write_at(&holed.value, layout, Numbers::Doubles, depth, &mut text);
        let mut rest = text.as_slice();
        let mut parts = Vec::with_capacity(N);
        for (mark, depth) in &holed.holes {
            let mut written = Vec::new();
            write(mark, Layout::Compact, Numbers::Exact, &mut written);
            let at = rest.windows(written.len()).position(|part| part == written).unwrap_or(rest.len());
            let (before, behind) = rest.split_at(at);
            parts.push((before.to_vec(), *depth));
            rest = behind.get(written.len()..).unwrap_or_default();
        }
        Self { parts, after: rest.to_vec(), layout }
    }

    /// Writes the whole; `fill` fills the hole of this number.
    pub fn write(&self, out: &mut Vec<u8>, mut fill: impl FnMut(usize, &mut Hole<'_>)) {
        for (number, (before, depth)) in self.parts.iter().enumerate() {
            out.extend_from_slice(before);
            fill(number, &mut Hole { out, depth: *depth, layout: self.layout });
        }
        out.extend_from_slice(&self.after);
    }
}

/// A hole that is being filled.
pub struct Hole<'o> {
    /// Where to write.
    pub out: &'o mut Vec<u8>,
    depth: usize,
    layout: Layout,
}

impl Hole<'_> {
    /// Writes a value into the hole.
    pub fn write(&mut self, filling: &impl Serialize) {
        write_at(filling, self.layout, Numbers::Doubles, self.depth, self.out);
    }
}

/// Indents by two spaces, beginning some levels down.
struct Nested {
    inner: PrettyFormatter<'static>,
}

impl Nested {
    fn at(depth: usize) -> Self {
        let mut inner = PrettyFormatter::new();
        let mut nowhere = io::sink();
        for _ in 0..depth {
            // Only counts a level; what it writes goes nowhere.
            let _ = inner.begin_object(&mut nowhere);
        }
        Self { inner }
    }
}

/// A layout with a way to write numbers.
struct Style<F> {
    inner: F,
    numbers: Numbers,
}

/// Everything that a layout does, left to the inner one.
macro_rules! layout_of_inner {
    () => {
        layout_of_inner! {
            begin_array();
            end_array();
            begin_array_value(first: bool);
            end_array_value();
            begin_object();
            end_object();
            begin_object_key(first: bool);
            end_object_key();
            begin_object_value();
            end_object_value();
        }
    };
    ($($method:ident($($argument:ident: $ty:ty),*);)*) => {
        $(fn $method<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $ty)*) -> io::Result<()> {
            self.inner.$method(writer $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Style<F> {
    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if self.numbers == Numbers::Exact || value.unsigned_abs() <= EXACT_DOUBLES {
            return self.inner.write_i64(writer, value);
        }
        #[expect(clippy::cast_precision_loss, reason = "the wire holds a double")]
        self.inner.write_f64(writer, value as f64)
    }

    layout_of_inner!();
}

impl Formatter for Nested {
    layout_of_inner!();
}
