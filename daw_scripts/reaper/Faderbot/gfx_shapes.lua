-- @noindex

-- The shapes that the gfx panel is drawn of. What leaves the part of the window that is drawn into is cut; a line of
-- text that would be cut is left out.

local fonts = require 'Faderbot.gfx_text'

local shapes = {}

local TICK_LINES = {{0.22, 0.52}, {0.42, 0.72}, {0.80, 0.28}}

local function colour(rgb)
  gfx.set((rgb >> 16 & 255) / 255, (rgb >> 8 & 255) / 255, (rgb & 255) / 255, 1)
end

local function is_inside(view, y, h) return y >= view.clip_top and y + h <= view.clip_bottom end

-- A rectangle.
local function fill(view, rgb, x, y, w, h)
  local top, bottom = math.max(y, view.clip_top), math.min(y + h, view.clip_bottom)
  if bottom <= top or w <= 0 then return end
  colour(rgb)
  gfx.rect(x, top, w, bottom - top, 1)
end

-- A rectangle with round corners; with square ones where it is cut.
local function fill_round(view, rgb, x, y, w, h, round)
  if not is_inside(view, y, h) or w < 2 * round + 2 or h < 2 * round + 2 then return fill(view, rgb, x, y, w, h) end
  fill(view, rgb, x + round, y, w - 2 * round, h)
  fill(view, rgb, x, y + round, w, h - 2 * round)
  for _, across in ipairs {x + round, x + w - round - 1} do
    for _, down in ipairs {y + round, y + h - round - 1} do gfx.circle(across, down, round, 1, 1) end
  end
end

-- The same around a box that is so much larger on each side.
function shapes.fill_grown(view, rgb, box, by, round)
  fill_round(view, rgb, box.x - by, box.y - by, box.w + 2 * by, box.h + 2 * by, round)
end

function shapes.write(view, rgb, style, line, x, y)
  if line == '' or not is_inside(view, y, view.text:height(style)) then return end
  fonts.use(style)
  colour(rgb)
  gfx.x, gfx.y = x, y + view.text:lead(style)
  gfx.drawstr(line)
end

-- A triangle that points down, on the middle of a square at the end of a box.
function shapes.arrow(view, rgb, control)
  local size = view.sizes.scroll // 2
  local x, y = control.x + control.w - control.h // 2, control.y + control.h // 2
  if not is_inside(view, y - size, 2 * size) then return end
  colour(rgb)
  gfx.triangle(x - size, y - size // 2, x + size, y - size // 2, x, y + size // 2 + 1)
end

function shapes.tick(view, rgb, box)
  if not is_inside(view, box.y, box.h) then return end
  colour(rgb)
  for step = 1, #TICK_LINES - 1 do
    local from, to = TICK_LINES[step], TICK_LINES[step + 1]
    for shift = 0, math.max(1, view.sizes.ring) - 1 do
      gfx.line(box.x + from[1] * box.w, box.y + from[2] * box.h + shift, box.x + to[1] * box.w,
        box.y + to[2] * box.h + shift, 1)
    end
  end
end

shapes.is_inside, shapes.fill, shapes.fill_round = is_inside, fill, fill_round

return shapes
