-- @noindex

-- A bar of a rhythm in a cell of the table: a step for each letter, the harder the hit the higher.

local shapes = require 'Faderbot.gfx_shapes'

local steps = {}

-- Shares of a line's height, by letter (panel_widgets.lua).
local HEIGHTS = {x = 0.55, o = 0.95}
local GAP = 0.15 -- of a step's width, on each side of a hit

-- Returns the width that a bar takes where there is room, in pixels.
function steps.natural(marks, sizes) return #marks * sizes.tick end

-- Draws the marks of a cell from a top on, ``cell`` is {x, w, marks, beats}.
function steps.draw(view, cell, top)
  local high, count = view.text:height('body'), math.max(1, #cell.marks)
  local wide = math.max(2, math.min(view.sizes.tick, cell.w // count))
  local each = count // math.max(1, cell.beats)
  local colours, hair = view.colours, view.sizes.hair
  for step = 1, #cell.marks do
    local x = cell.x + (step - 1) * wide
    if (step - 1) % math.max(1, each) == 0 then
      shapes.fill(view, step == 1 and colours.edge or colours.line, x, top, hair, high)
    end
    local share = HEIGHTS[cell.marks:sub(step, step)]
    local gap = math.max(1, math.floor(wide * GAP))
    if share then
      local tall = math.floor(high * share)
      local rgb = share == HEIGHTS.o and colours.text or colours.ring
      shapes.fill(view, rgb, x + hair + gap, top + high - tall, math.max(1, wide - hair - 2 * gap), tall)
    else
      shapes.fill(view, colours.trough, x + hair + gap, top + high - 2 * hair, math.max(1, wide - hair - 2 * gap), hair)
    end
  end
end

return steps
