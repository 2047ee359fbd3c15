//! What an SVG is drawn on.

/// The ground of a picture, and the colour that it is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// The page around it: its ground shows through, and its text gives the colour. A program that
    /// does not know `currentColor` takes black.
    #[default]
    Page,
    /// Black on white, as a slide may be.
    Light,
    /// White on black.
    Dark,
}

impl Paper {
    /// The colour of what is drawn.
    pub fn ink(self) -> &'static str {
        match self {
            Paper::Page => "currentColor",
            Paper::Light => "#1a1a1a",
            Paper::Dark => "#ededed",
        }
    }

    /// The colour of the ground, if it has one.
    pub fn ground(self) -> Option<&'static str> {
        match self {
            Paper::Page => None,
            Paper::Light => Some("#ffffff"),
            Paper::Dark => Some("#1a1a1a"),
        }
    }
}

/// How wide and high a picture is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// As large as what is drawn.
    #[default]
    Drawn,
    /// 16:9, with as much room around it as that takes.
    Slide,
}

impl Shape {
    /// The left and upper edge, the width and the height of a picture that is drawn in so many
    /// pixels.
    pub fn view(self, width: usize, height: usize) -> [isize; 4] {
        let (wide, high) = match self {
            Shape::Drawn => (width, height),
            Shape::Slide => (width.max((height * 16).div_ceil(9)), height.max(width * 9 / 16)),
        };
        let before = |all: usize, own: usize| -((all - own) / 2).cast_signed();
        [before(wide, width), before(high, height), wide.cast_signed(), high.cast_signed()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slide_is_sixteen_to_nine_and_the_picture_is_in_its_middle() {
        assert_eq!(Shape::Drawn.view(700, 500), [0, 0, 700, 500]);
        assert_eq!(Shape::Slide.view(160, 900), [-720, 0, 1600, 900]);
        assert_eq!(Shape::Slide.view(1600, 100), [0, -400, 1600, 900]);
    }
}
